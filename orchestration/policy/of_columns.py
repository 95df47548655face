"""Rules of one column: filled, of its type, of its kind, one of what it may be."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

import pandas
from yaml import YAMLError

from orchestration.policy import cells
from orchestration.policy.findings import nearest
from orchestration.policy.kinds import KINDS
from orchestration.policy.rules import Column
from orchestration.policy.schemas import Rule
from orchestration.policy.things import THINGS, Frames


def rules(column: Column, frames: Frames) -> Iterator[Rule]:
    """The rules of `column`; `frames` are all seeds that can be read, by name."""
    name = column.name
    if column.is_required:
        yield Rule((name,), lambda frame: frame[name].notna(), "is empty", "fill it in, or delete the row")
    yield _text(name) if column.data_type == "string" else _typed(column)
    if column.accepted:
        yield _one_of(name, column.accepted, f"is none of {', '.join(column.accepted)}", "write one of them")
    if column.least is not None or column.most is not None:
        yield _within(column)
    for seed, field in column.references:
        if field in frames.get(seed, ()):
            known = frames[seed][field].dropna()
            wrong, remedy = f"does not stand in seeds/{seed}.csv, column {field}", f"add it to seeds/{seed}.csv"
            yield _one_of(name, known, wrong, remedy)
    if column.holds:
        yield _holds(column)
    if column.refers_to:
        yield from refers((name,), column.refers_to, frames, also=column.also)
    for value, case in column.cases.items():
        told = replace(column, holds=case.holds, refers_to=case.refers_to, by=None, cases={})
        if told.holds:
            yield _only_where(str(column.by), value, _holds(told))
        if told.refers_to:
            yield from (_only_where(str(column.by), value, rule) for rule in refers((name,), told.refers_to, frames))


def _only_where(column: str, value: str, rule: Rule) -> Rule:
    """The rule, of rows in which `column` has the value."""

    def holds(frame: pandas.DataFrame) -> pandas.Series:
        return (frame[column] != value).fillna(True) | rule.holds(frame)

    return Rule((*rule.named, column), holds, rule.wrong, rule.remedy)


def refers(columns: tuple[str, ...], to: str, frames: Frames, *, also: tuple[str, ...] = ()) -> Iterator[Rule]:
    """That `columns` together name one of the things `to`, or are one of the values `also`."""
    things = THINGS[to]
    try:
        names = things.names(frames)
    except (KeyError, ValueError, YAMLError):  # they stand in what can't be read, which is a finding of its own
        return

    def named(frame: pandas.DataFrame) -> pandas.Series:
        return frame[list(columns)].agg(".".join, axis=1) if len(columns) > 1 else frame[columns[0]]

    def holds(frame: pandas.DataFrame) -> pandas.Series:
        is_empty = frame[list(columns)].isna().any(axis=1)
        given = named(frame[~is_empty])
        return is_empty | (given.map(things.fold).isin(names) | given.isin(also)).reindex(frame.index, fill_value=True)

    def remedy(frame: pandas.DataFrame) -> pandas.Series:
        if things.fold is not str:
            return pandas.Series(things.remedy, index=frame.index)
        return _nearest(named(frame.dropna(subset=list(columns))), names | {*also}, things.remedy).reindex(frame.index)

    yield Rule(columns, holds, things.wrong, remedy)


def _text(name: str) -> Rule:
    def wrong(frame: pandas.DataFrame) -> pandas.Series:
        has_break = frame[name].str.contains("\n", na=False)
        blanks = "has blanks at an end, and equals nothing that is written without them"
        return has_break.map({True: "holds a line break", False: blanks})

    def remedy(frame: pandas.DataFrame) -> pandas.Series:
        has_break = frame[name].str.contains("\n", na=False)
        one_line = 'write it in one line; where it swallows other rows, close its quotation mark (")'
        return has_break.map({True: one_line, False: "delete the blanks"})

    return Rule((name,), lambda frame: frame[name].isna() | frame[name].str.fullmatch(r"\S(.*\S)?"), wrong, remedy)


def _typed(column: Column) -> Rule:
    name = column.name
    return Rule(
        (name,),
        lambda frame: frame[name].isna() | cells.is_readable(frame[name], column),
        lambda frame: cells.why_unreadable(frame[name], column),
        lambda frame: pandas.Series(cells.how_to_write(column), index=frame.index),
    )


def _one_of(name: str, known: Iterable[str], wrong: str, remedy: str) -> Rule:
    # Blanks at an end, here or there, are a finding of their own.
    meant = frozenset(value.strip() for value in known)
    return Rule(
        (name,),
        lambda frame: frame[name].isna() | frame[name].str.strip().isin(meant),
        wrong,
        lambda frame: _nearest(frame[name], meant, remedy),
    )


def _nearest(values: pandas.Series, known: frozenset[str], remedy: str) -> pandas.Series:
    """The remedy, with the nearest of what is known: sought once of each value that is wrong."""
    near = {value: nearest(value, known) for value in values[~values.isin(known)].dropna().unique()}
    meant = {value: f"did you mean {found!r}? Else {remedy}" for value, found in near.items() if found}
    return values.map(meant).astype("object").fillna(remedy)


def _within(column: Column) -> Rule:
    low, high = column.least, column.most
    if low is not None and high is not None:
        wrong, remedy = f"is not within {low:g} and {high:g}", f"write a number from {low:g} to {high:g}"
        remedy += ", as 0.05 for 5 percent" if (low, high) == (0, 1) else ""
    else:
        limit = f"at least {low:g}" if low is not None else f"at most {high:g}"
        wrong, remedy = f"is not {limit}", f"write a number of {limit}"

    def holds(frame: pandas.DataFrame) -> pandas.Series:
        numbers = cells.read(frame[column.name], column)
        is_outside = pandas.Series(False, index=frame.index)
        if low is not None:
            is_outside |= numbers < low
        if high is not None:
            is_outside |= numbers > high
        return ~is_outside

    return Rule((column.name,), holds, wrong, remedy)


def _holds(column: Column) -> Rule:
    kind = KINDS[column.holds or ""]

    def holds(frame: pandas.DataFrame) -> pandas.Series:
        given = frame[column.name].dropna()
        return kind.holds(given[~given.isin(column.also)]).reindex(frame.index, fill_value=True)

    return Rule((column.name,), holds, kind.wrong, kind.remedy)
