"""Where commands print what people read."""

import os
import sys

from rich.console import Console

UNFOLDED = 1_000


def console_for_tables(*, is_error: bool = False) -> Console:
    """Tables fold at the width of the terminal, or of COLUMNS; in a pipe or a file nowhere, a line for each row."""
    stream = sys.stderr if is_error else sys.stdout
    is_told = stream.isatty() or "COLUMNS" in os.environ
    return Console(highlight=False, stderr=is_error, width=None if is_told else UNFOLDED)
