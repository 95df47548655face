"""The options of the command `alerts`."""

import argparse


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add what may be asked; one of it is."""
    asked = parser.add_mutually_exclusive_group(required=True)
    asked.add_argument(
        "--test", action="store_true", help="send a test message to every channel, and say which arrived"
    )
    asked.add_argument("--dry-run", action="store_true", help="print what the last night tells whom; send nothing")
    asked.add_argument("--pending", action="store_true", help="print what waits to be sent, and what stands as told")
