"""Rules between the rows of a seed: no key twice, no two intervals at one time."""

import pandas

from orchestration.policy import cells
from orchestration.policy.rules import Both, Column, Interval, Order, Same, Seed
from orchestration.policy.schemas import Rule
from orchestration.policy.things import FOLDS, Fold, Frames


def unique(key: tuple[str, ...], seed: Seed, frames: Frames) -> Rule:
    """That no two rows have the same `key`, nor, where the seed allows it not, one that looks or means the same."""
    is_text = {name: seed.columns[name].data_type == "string" for name in key}

    def exact(frame: pandas.DataFrame) -> pandas.DataFrame:
        return pandas.DataFrame({name: cells.read(frame[name], seed.columns[name]) for name in key}, index=frame.index)

    def looks(frame: pandas.DataFrame) -> pandas.DataFrame:
        texts = {name: cells.folded(frame[name]) for name in key if is_text[name] and not seed.is_case_of_account}
        return exact(frame).assign(**texts)

    def means(frame: pandas.DataFrame) -> pandas.DataFrame:
        shown = looks(frame)
        return shown.assign(**{name: _meant(shown[name], seed.columns[name], frame, frames) for name in key})

    def holds(frame: pandas.DataFrame) -> pandas.Series:
        meant = means(frame)
        # What is empty or can't be read is a finding of its own.
        return ~meant.duplicated() | meant.isna().any(axis=1)

    def wrong(frame: pandas.DataFrame) -> pandas.Series:
        meant = means(frame).assign(_line=frame.index)
        first = meant.groupby(list(key), dropna=False)["_line"].transform("first").astype("str")
        said = "names in another spelling what is named in line " + first
        said = said.mask(looks(frame).duplicated(), "differs only in capitals or blanks from line " + first)
        return said.mask(exact(frame).duplicated(), "stands already in line " + first)

    return Rule(key, holds, wrong, "keep one of the two rows")


def _meant(values: pandas.Series, column: Column, frame: pandas.DataFrame, frames: Frames) -> pandas.Series:
    """The values of a column as its folds spell them; those without a fold as they are."""
    if column.folds:
        values = values.map(_fold(column.folds, frames), na_action="ignore")
    for value, case in column.cases.items():
        if case.folds and column.by in frame:
            folded = values.map(_fold(case.folds, frames), na_action="ignore")
            values = values.mask(frame[column.by] == value, folded)
    return values


def _fold(name: str, frames: Frames) -> Fold:
    try:
        return FOLDS[name](frames)
    except KeyError:  # it is made from what can't be read, which is a finding of its own
        return str


def same(rule: Same) -> Rule:
    """That of each `of` every row has the value of the first."""
    of = list(rule.of)

    def first(frame: pandas.DataFrame) -> pandas.Series:
        return frame.groupby(of, dropna=False)[rule.column].transform("first")

    return Rule(
        (rule.column, *of),
        lambda frame: frame[rule.column].isna() | (frame[rule.column] == first(frame)),
        lambda frame: f"differs from another row of the same {', '.join(of)}, which has " + first(frame).fillna(""),
        f"write one {rule.column} in all of its rows",
    )


def both(rule: Both) -> Rule:
    """That of each `of` one row is and one is not."""
    of = list(rule.of)

    def values(frame: pandas.DataFrame) -> pandas.Series:
        # What is neither is a finding of its own.
        return frame[rule.column].str.lower().where(lambda cells: cells.isin(["true", "false"]))

    def holds(frame: pandas.DataFrame) -> pandas.Series:
        given = frame[of].assign(value=values(frame))
        is_first = ~given.duplicated(of)
        kinds = given.groupby(of, dropna=False)["value"]
        return ~is_first | (kinds.transform("nunique") == 2) | (kinds.transform("count") == 0)

    return Rule(
        (rule.column, *of),
        holds,
        f"stands in every row of the same {', '.join(of)}: there is nothing to compare with",
        "add the rows of the other cell",
    )


def in_order(rule: Order) -> Rule:
    """That one day is not after another."""

    def holds(frame: pandas.DataFrame) -> pandas.Series:
        return ~(cells.dates(frame[rule.earlier]) > cells.dates(frame[rule.later]))

    return Rule(
        (rule.earlier, rule.later),
        holds,
        f"{rule.later} is before {rule.earlier}",
        f"write in {rule.earlier} at the latest the day of {rule.later}",
    )


def one_at_a_time(interval: Interval, *, is_keyed: bool) -> Rule:
    """That of each `of` no day has two rows, none where gaps are forbidden has no row, and no row ends at its start.

    With `is_keyed` two rows of one first day are a key that stands twice, which is a finding of its own.
    """
    of, starts, ends = list(interval.of), interval.starts, interval.ends

    def spans(frame: pandas.DataFrame) -> pandas.DataFrame:
        """By line: first day, day after the last, the latest such day of the rows before, and the line of the last."""
        days = frame[of].assign(
            start=cells.dates(frame[starts]), end=cells.dates(frame[ends]).fillna(cells.FOREVER), line=frame.index
        )
        days = days.dropna(subset=["start"]).sort_values([*of, "start"], kind="stable")
        days = days.drop_duplicates([*of, "start"]) if is_keyed else days
        days["latest"] = days.groupby(of, dropna=False)["end"].cummax()
        days[["end_before", "line_before"]] = days.groupby(of, dropna=False)[["latest", "line"]].shift()
        return days.reindex(frame.index)

    def faults(frame: pandas.DataFrame) -> dict[str, pandas.Series]:
        days = spans(frame)
        found = {"reversed": days["end"] <= days["start"], "overlaps": days["start"] < days["end_before"]}
        if not interval.has_gaps:
            found["gap"] = days["start"] > days["end_before"]
        return found

    def holds(frame: pandas.DataFrame) -> pandas.Series:
        return ~pandas.DataFrame(faults(frame)).any(axis=1)

    def said(frame: pandas.DataFrame, texts: dict[str, str]) -> pandas.Series:
        text = pandas.Series("", index=frame.index, dtype="str")
        for fault, is_so in faults(frame).items():
            text = text.where(~is_so | (text != ""), texts[fault])
        return text

    def wrong(frame: pandas.DataFrame) -> pandas.Series:
        before = spans(frame)["line_before"].astype("Int64").astype("str")
        texts = {
            "reversed": "ends before it begins",
            "overlaps": "begins while another row of the same holds, see line {}",
            "gap": "leaves days before it on which no row holds, after line {}",
        }
        return pandas.Series(map(str.format, said(frame, texts), before), index=frame.index)

    def remedy(frame: pandas.DataFrame) -> pandas.Series:
        texts = {
            "reversed": f"{ends} is the first day after the last: later than {starts}, or empty while the row holds",
            "overlaps": f"write in {ends} of that row the day on which this one begins",
            "gap": f"write in {ends} of that row the day on which this one begins",
        }
        return said(frame, texts)

    return Rule((starts, ends, *of), holds, wrong, remedy)
