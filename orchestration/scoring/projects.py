"""A copy of the project whose policy may be another's."""

import shutil
from pathlib import Path

from orchestration.settings import PROJECT

PARTS = ("docs", "orchestration", "dbt_project", "expectations", "seeds")


def copy_project(to: Path) -> None:
    """A copy of what a night needs of the project, to be edited."""
    for part in PARTS:
        shutil.copytree(PROJECT / part, to / part, ignore=shutil.ignore_patterns("__pycache__", "target"))
