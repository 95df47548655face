"""Columns of a seed for Python; dbt reads the same files for the models."""

import csv
from datetime import date
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


def values_on(seed: str, *columns: str, on: date, folder: Path = SEEDS) -> list[tuple[str, ...]]:
    """The `values` of the rows that hold on a day: from `valid_from` until before `valid_to`."""
    rows = values(seed, "valid_from", "valid_to", *columns, folder=folder)
    return [
        tuple(told)
        for begins, ends, *told in rows
        if date.fromisoformat(begins) <= on and (not ends or on < date.fromisoformat(ends))
    ]
