"""Suites judged against the working warehouse: SQL makes small frames, Great Expectations judges them.

Heavy work is SQL: 10 expectations on 10M rows take 50 s and 5.8 GB in pandas and 1.6 s as one DuckDB query.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

import duckdb

from orchestration import contracts
from orchestration.quality.queries import render
from orchestration.quality.suites import HAS_ROWS, Check, Suite

if TYPE_CHECKING:
    from pandas import DataFrame

SAMPLE_ROWS = 10
NOT_YET = "no extract yet"
NO_ROWS = "the extracts hold no rows yet"


@dataclass(frozen=True)
class Arrival:
    """What was delivered of one raw table, from the ledger."""

    files_loaded: int = 0
    rows_read: int = 0
    rejection: str | None = None


@dataclass(frozen=True)
class Outcome:
    """How one check ended.

    `is_broken`: it could not be evaluated, which is an error whatever its severity. `no_data`: there was nothing to
    judge, so it neither passed nor failed. `sample` holds the failing rows, unmasked: show it through `display`.
    """

    check: Check
    passed: bool
    observed: Any = None
    rows_examined: int | None = None
    no_data: str | None = None
    is_broken: bool = False
    finding: str | None = None
    remedy: str = ""
    sample_columns: tuple[str, ...] = ()
    sample: tuple[tuple[Any, ...], ...] = ()


def evaluate(
    suite: Suite, connection: duckdb.DuckDBPyConnection, *, as_of: datetime, landing: str | None = None
) -> list[Outcome]:
    """One outcome per check of `suite`, in its order, over `raw_<system>` views, `raw_lake` and the marts.

    Raises ValueError naming file and check when GX does not know an expectation, duckdb.Error when a query is wrong.
    """
    arrivals = read_arrivals(connection)
    unjudged = _nothing_to_judge(suite, arrivals, landing=landing)
    if unjudged is not None:
        return unjudged
    frame = _frame(suite, connection, as_of=as_of)
    examined = next((int(frame[c].max()) for c in frame.columns if c.endswith(".row_count")), None)
    results = _validate(suite, frame)
    outcomes = []
    for check in suite.checks:
        outcome = _outcome(check, results[check.name], frame, rows_examined=examined)
        if not outcome.passed and check.sample:
            outcome = _sampled(outcome, suite, connection, as_of=as_of)
        outcomes.append(outcome)
    return outcomes


def read_arrivals(connection: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], Arrival]:
    """Deliveries by (system, object); a table of which no file ever came has none."""
    rows = connection.execute(
        "select system, object, count(*) filter (where status = 'loaded'), "
        "coalesce(sum(rows_read) filter (where status = 'loaded'), 0), "
        "max_by(error, loaded_at) filter (where status = 'rejected') from raw_lake.ledger group by all"
    ).fetchall()
    return {(system, table): Arrival(files, read, rejection) for system, table, files, read, rejection in rows}


def _nothing_to_judge(
    suite: Suite, arrivals: Mapping[tuple[str, str], Arrival], *, landing: str | None
) -> list[Outcome] | None:
    """Outcomes of a suite none of whose inputs arrived, None when there is something to judge.

    Nothing to judge is said, never shown as green; it fails where the contract requires the table or every file of it
    was rejected.
    """
    if not suite.inputs or any(arrivals.get(table, Arrival()).rows_read for table in suite.inputs):
        return None
    found = [arrivals[table] for table in suite.inputs if table in arrivals]
    reason = NO_ROWS if any(arrival.files_loaded for arrival in found) else NOT_YET
    finding, remedy = None, ""
    rejections = [arrival.rejection for arrival in found if arrival.rejection]
    if suite.is_raw and rejections and reason == NOT_YET:
        finding, remedy = f"every file was rejected: {rejections[0]}", "Correct the file and deliver it again."
    elif suite.is_raw and _is_missed(suite, arrivals):
        folder = "/".join([landing or "TOUCHSTONE_LANDING", *suite.asset_key])
        finding = f"{reason}, though {suite.asset_key[0]} delivers other tables and the contract requires this one"
        remedy = f"Deliver the extract to {folder}/ and run again."
    return [
        Outcome(check=check, passed=False, observed=0, rows_examined=0, finding=finding, remedy=remedy, no_data=reason)
        if finding and check.name == HAS_ROWS
        else Outcome(check=check, passed=True, rows_examined=0, no_data=reason)
        for check in suite.checks
    ]


def _is_missed(suite: Suite, arrivals: Mapping[tuple[str, str], Arrival]) -> bool:
    system, table = suite.asset_key
    return contracts.load()[system, table].is_required and any(
        arrival.files_loaded for (other, _), arrival in arrivals.items() if other == system
    )


def _frame(suite: Suite, connection: duckdb.DuckDBPyConnection, *, as_of: datetime) -> "DataFrame":
    """The suite's query results side by side, columns named `<query>.<column>`.

    One frame means one validation (16 ms). Shorter results end in nulls, which row-wise expectations ignore and
    aggregates skip; a metric that is null throughout is told apart by `Check.no_data`.
    """
    import pandas

    frames = [
        connection.execute(render(query, suite, as_of=as_of)).df().add_prefix(f"{name}.")
        for name, query in suite.queries.items()
    ]
    return pandas.concat(frames, axis=1)


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
