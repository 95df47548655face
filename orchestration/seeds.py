"""Columns of a seed for Python; dbt reads the same files for the models."""

import csv
from pathlib import Path

from orchestration.settings import SEEDS


def values(seed: str, *columns: str, folder: Path = SEEDS) -> list[tuple[str, ...]]:
    """The rows of `seed` as (value of each of `columns`), empty where a cell is.

    Excel's byte order mark is no part of the first column's name. Raises ValueError naming file and column when the
    file lacks one, or holds bytes that are not UTF-8.
    """
    path = folder / f"{seed}.csv"
    with path.open(newline="", encoding="utf-8-sig") as lines:
        reader = csv.DictReader(lines)
        for column in columns:
            if column not in (reader.fieldnames or ()):
                raise ValueError(f"{path.parent.name}/{path.name} has no column {column!r}; run `make check`")
        return [tuple(row[column] or "" for column in columns) for row in reader]
