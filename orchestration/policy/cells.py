"""Cells of a seed as their declared types: as a warehouse reads them without guessing or rounding."""

import pandas

from orchestration.policy.rules import Column

# A day after every other; the end of what has none.
FOREVER = pandas.Timestamp("9999-12-31")
_WHOLE = r"[+-]?\d{1,18}"
_NUMBER = r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?"
_DECIMAL_COMMA = r"[+-]?(\d+|\d{1,3}([. ]\d{3})+),\d+"


def is_readable(cells: pandas.Series, column: Column) -> pandas.Series:
    """Whether each cell is of the column's type, written so that nothing has to be guessed; false where it is empty."""
    if column.data_type == "boolean":
        return cells.str.lower().isin(["true", "false"])
    if column.data_type == "date":
        return dates(cells).notna()
    pattern = _WHOLE if column.data_type == "bigint" else _NUMBER
    if column.scale is not None:
        pattern = rf"[+-]?\d+(\.\d{{0,{column.scale}}})?"
    return cells.str.fullmatch(pattern).fillna(False).astype(bool)


def read(cells: pandas.Series, column: Column) -> pandas.Series:
    """The cells as values of their type, text as it stands; null where a cell is empty or can't be read."""
    if column.data_type == "string":
        return cells
    if column.data_type == "boolean":
        return cells.str.lower().map({"true": True, "false": False})
    if column.data_type == "date":
        return dates(cells)
    return pandas.to_numeric(cells.where(is_readable(cells, column)), errors="coerce")


def dates(cells: pandas.Series) -> pandas.Series:
    """Days; null where a cell is none as yyyy-mm-dd."""
    shaped = cells.where(cells.str.fullmatch(r"\d{4}-\d{2}-\d{2}").fillna(False).astype(bool))
    return pandas.to_datetime(shaped, format="%Y-%m-%d", errors="coerce")


def why_unreadable(cells: pandas.Series, column: Column) -> pandas.Series:
    """What is wrong with each cell that is not of the column's type."""
    if column.data_type == "boolean":
        return pandas.Series("is neither true nor false", index=cells.index)
    if column.data_type == "date":
        is_shaped = cells.str.fullmatch(r"\d{4}-\d{2}-\d{2}").fillna(False)
        return is_shaped.map({True: "is no day of the calendar", False: "is no date as yyyy-mm-dd"})
    noun = "whole number" if column.data_type == "bigint" else "number"
    wrong = pandas.Series(f"is no {noun}", index=cells.index)
    if column.scale is not None:
        rounded = cells.str.fullmatch(_NUMBER).fillna(False)
        wrong = wrong.mask(rounded.astype(bool), f"has more than {column.scale} decimals, and would be rounded")
    return wrong.mask(
        cells.str.fullmatch(_DECIMAL_COMMA).fillna(False).astype(bool), "is a number with a decimal comma"
    )


def how_to_write(column: Column) -> str:
    """How to write a cell of the column's type."""
    if column.data_type == "boolean":
        return "write true or false"
    if column.data_type == "date":
        return "write it as 2026-01-31; in Excel, format the column as Text first, or Excel writes dates its own way"
    if column.data_type == "bigint":
        return "write digits only, as 1200"
    places = "" if column.scale is None else f", with at most {column.scale} decimals"
    return f"write digits with a point, as 0.05{places}: no comma, no percent sign, no currency"


def folded(cells: pandas.Series) -> pandas.Series:
    """Text as it looks: in lower case, with single blanks and none at its ends."""
    return cells.str.lower().str.strip().str.replace(r"\s+", " ", regex=True)
