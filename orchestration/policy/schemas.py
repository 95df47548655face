"""The rules of a seed as a schema of pandera, and what that finds as sentences."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pandas
import pandera.pandas as pandera

from orchestration.policy.findings import Finding
from orchestration.policy.tables import Table

Says = str | Callable[[pandas.DataFrame], pandas.Series]


@dataclass(frozen=True)
class Rule:
    """One rule: `holds` says it of every row of a frame; `wrong` and `remedy` speak of rows of which it does not.

    `named` are the columns that it speaks of; a finding shows their values.
    """

    named: tuple[str, ...]
    holds: Callable[[pandas.DataFrame], pandas.Series]
    wrong: Says
    remedy: Says


def judge(rules: Iterator[Rule], table: Table) -> Iterator[Finding]:
    """What of `table` breaks `rules`, by line; those that name a column which it lacks are left out."""
    frame = table.frame
    judged = {str(number): rule for number, rule in enumerate(rules) if {*rule.named} <= {*frame.columns}}
    # Every rule looks at whole rows, and knows itself what an empty cell means.
    checks = [pandera.Check(rule.holds, name=name, ignore_na=False) for name, rule in judged.items()]
    try:
        pandera.DataFrameSchema(checks=checks).validate(frame, lazy=True)
    except pandera.errors.SchemaErrors as error:
        failed = error.failure_cases[["check", "index"]].drop_duplicates()
        if failed["index"].isna().any():
            raise RuntimeError(f"{table.file}: its rules could not be judged: {error}") from error
        for name, lines in failed.groupby("check", sort=False)["index"]:
            yield from _findings(table.file, judged[name], frame, lines.tolist())


def _findings(file: str, rule: Rule, frame: pandas.DataFrame, lines: list[int]) -> Iterator[Finding]:
    def said(says: Says) -> pandas.Series:
        return pandas.Series(says, index=lines) if isinstance(says, str) else says(frame).loc[lines]

    shown = frame.loc[lines, list(rule.named)]
    shown = shown.fillna("(empty)").agg(" + ".join, axis=1) if len(rule.named) > 1 else shown[rule.named[0]].fillna("")
    for line, value, wrong, remedy in zip(lines, shown, said(rule.wrong), said(rule.remedy), strict=True):
        yield Finding(file, wrong, remedy, line=int(line), column=" + ".join(rule.named), value=value or None)
