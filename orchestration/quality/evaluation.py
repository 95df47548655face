"""Suites judged against the working warehouse: SQL makes small frames, Great Expectations judges them.

Heavy work is SQL: 10 expectations on 10M rows take 50 s and 5.8 GB in pandas and 1.6 s as one DuckDB query.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from orchestration.policy.suites import HAS_ROWS
from orchestration.quality.absence import NEVER_ANY, is_fact, nothing_to_judge
from orchestration.quality.outcomes import Outcome, without_data
from orchestration.quality.queries import render
from orchestration.quality.suites import Check, Suite

if TYPE_CHECKING:
    from pandas import DataFrame

SAMPLE_ROWS = 10
# How a query names the last publication's marts: last.marts.<mart>.
_READS_LAST = re.compile(r"\blast[.]marts[.](\w+)")


def evaluate(
    suite: Suite,
    connection: duckdb.DuckDBPyConnection,
    *,
    as_of: datetime,
    landing: str | None = None,
    last: Path | None = None,
) -> list[Outcome]:
    """One outcome per check of `suite`, in its order, over `raw_<system>` views, `raw_lake` and the marts.

    `last` is the database of the last publication, if any; what is compared with it has no data unless it is attached
    to the connection, as `last`. Raises ValueError naming file and check when GX does not know an expectation,
    duckdb.Error when a query is wrong.
    """
    unjudged = nothing_to_judge(suite, connection, landing=landing)
    if unjudged is not None:
        return unjudged
    frame = _frame(suite, connection, as_of=as_of)
    examined = next((int(frame[c].max()) for c in frame.columns if c.endswith(".row_count")), None)
    results = _validate(suite, frame)
    outcomes = [_outcome(check, results[check.name], frame, rows_examined=examined) for check in suite.checks]
    if is_fact(outcomes[0], suite, last, as_of=as_of):
        # Of a table that was always empty only what must hold of any table says something.
        silent = without_data(suite, NEVER_ANY)
        outcomes = [_spoken(outcome, quiet) for outcome, quiet in zip(outcomes, silent, strict=True)]
    return [
        outcome if outcome.passed or not outcome.check.sample else _sampled(outcome, suite, connection, as_of=as_of)
        for outcome in outcomes
    ]


def _spoken(outcome: Outcome, silent: Outcome) -> Outcome:
    return outcome if outcome.check.severity == "critical" and outcome.check.name != HAS_ROWS else silent


def _frame(suite: Suite, connection: duckdb.DuckDBPyConnection, *, as_of: datetime) -> "DataFrame":
    """The suite's query results side by side, columns named `<query>.<column>`.

    One frame means one validation (16 ms). Shorter results end in nulls, which row-wise expectations ignore and
    aggregates skip; a metric that is null throughout is told apart by `Check.no_data`.
    """
    import pandas

    frames = []
    for name, query in suite.queries.items():
        sql = render(query, suite, as_of=as_of)
        if _lacks_last(sql, connection):
            metrics = {str(check.kwargs["column"]) for check in suite.checks}
            frames.append(pandas.DataFrame({m: [None] for m in sorted(metrics) if m.startswith(f"{name}.")}))
        else:
            frames.append(connection.execute(sql).df().add_prefix(f"{name}."))
    return pandas.concat(frames, axis=1)


def _lacks_last(sql: str, connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether a query compares with marts that the last publication did not have."""
    compared = set(_READS_LAST.findall(sql))
    if not compared:
        return False
    had = "select table_name from duckdb_tables() where database_name = 'last' and schema_name = 'marts'"
    return not compared <= {name for (name,) in connection.execute(had).fetchall()}


def _validate(suite: Suite, frame: "DataFrame") -> dict[str, dict[str, Any]]:
    """GX's result of each check by name."""
    gx, source = _great_expectations()
    expectations = gx.ExpectationSuite(
        name=suite.name, expectations=[_expectation(gx, suite, check) for check in suite.checks]
    )
    if len(expectations.expectations) != len(suite.checks):
        raise ValueError(f"expectations/{suite.file}: Great Expectations dropped a check; no two may be equal")
    asset = source.add_dataframe_asset(suite.name)
    try:
        batch = asset.add_batch_definition_whole_dataframe("all").get_batch({"dataframe": frame})
        report = batch.validate(expectations, result_format={"result_format": "COMPLETE"}).to_json_dict()
    finally:
        source.delete_asset(suite.name)
    return {result["expectation_config"]["meta"]["check"]: result for result in report["results"]}


def _expectation(gx: Any, suite: Suite, check: Check) -> Any:
    """GX's expectation; GX drops what it does not know and would pass, so survival is asserted one by one."""
    place = f"expectations/{suite.file}, check {check.name!r}"
    try:
        survivors = gx.ExpectationSuite(name=check.name, expectations=[check.configuration()]).expectations
    except ValueError as error:
        raise ValueError(f"{place}: {check.type} refuses its kwargs; {error}") from error
    if not survivors:
        raise ValueError(f"{place}: {check.type} is unknown to Great Expectations or refuses its kwargs; correct it")
    return survivors[0]


def _outcome(check: Check, result: Mapping[str, Any], frame: "DataFrame", *, rows_examined: int | None) -> Outcome:
    exceptions = _exceptions(result["exception_info"])
    if exceptions:
        return Outcome(
            check=check,
            passed=False,
            is_broken=True,
            rows_examined=rows_examined,
            finding=f"could not be evaluated: {exceptions[0]}",
            remedy="Correct the suite or its query.",
        )
    column = check.kwargs.get("column")
    if check.no_data and column in frame.columns and frame[column].isna().all():
        return Outcome(check=check, passed=True, rows_examined=rows_examined, no_data=check.no_data)
    details = result["result"]
    unexpected = details.get("unexpected_index_list") or []
    columns, sample = _failing_rows(frame, column, unexpected[:SAMPLE_ROWS])
    return Outcome(
        check=check,
        passed=result["success"],
        observed=details.get("observed_value", details.get("unexpected_count")),
        rows_examined=rows_examined,
        finding=_finding(details),
        remedy=check.remedy,
        sample_columns=columns,
        sample=sample,
    )


def _exceptions(info: Mapping[str, Any]) -> list[str]:
    """Messages of the exceptions of one result: GX nests them by metric, except when there was none."""
    nested = [info] if "raised_exception" in info else list(info.values())
    return [str(entry["exception_message"]) for entry in nested if entry["raised_exception"]]


def _finding(details: Mapping[str, Any]) -> str | None:
    if "unexpected_count" not in details:
        return None
    judged = details["element_count"] - (details.get("missing_count") or 0)
    return f"{details['unexpected_count']} of {judged} unexpected"


def _failing_rows(
    frame: "DataFrame", column: str | None, positions: list[int]
) -> tuple[tuple[str, ...], tuple[tuple[Any, ...], ...]]:
    """The rows at `positions`, with every column of the query that `column` came from."""
    if column is None or not positions:
        return (), ()
    query = column.split(".")[0] + "."
    columns = [name for name in frame.columns if name.startswith(query)]
    failing = frame.loc[positions, columns].astype(object)
    rows = failing.where(failing.notna(), None).itertuples(index=False, name=None)
    return tuple(name.removeprefix(query) for name in columns), tuple(rows)


def _sampled(outcome: Outcome, suite: Suite, connection: duckdb.DuckDBPyConnection, *, as_of: datetime) -> Outcome:
    query = render({**suite.queries, **suite.samples}[str(outcome.check.sample)], suite, as_of=as_of)
    cursor = connection.execute(f"select * from ({query}) as failing limit {SAMPLE_ROWS}")
    columns = tuple(description[0] for description in cursor.description or ())
    return replace(outcome, sample_columns=columns, sample=tuple(cursor.fetchall()))


@cache
def _great_expectations() -> tuple[Any, Any]:
    """The package, imported when first needed (2 to 7 s), and a pandas source in a context that lives in memory."""
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    import great_expectations

    context = great_expectations.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    return great_expectations, context.data_sources.add_pandas("warehouse")
