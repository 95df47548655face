"""What there is nothing to judge of: what never came, what came empty, what was empty all along."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import duckdb

from orchestration import contracts
from orchestration.policy.suites import HAS_ROWS
from orchestration.quality.outcomes import Outcome, without_data
from orchestration.quality.queries import marts_read, render
from orchestration.quality.suites import Suite

NOT_YET = "no extract yet"
NO_ROWS = "the extracts hold no rows yet"
NEVER_ANY = "no rows, and none in the last publication"


@dataclass(frozen=True)
class Arrival:
    """What was delivered of one raw table, from the ledger."""

    files_loaded: int = 0
    rows_read: int = 0
    rejection: str | None = None


def read_arrivals(connection: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], Arrival]:
    """Deliveries by (system, object); a table of which no file ever came has none."""
    rows = connection.execute(
        "select system, object, count(*) filter (where status = 'loaded'), "
        "coalesce(sum(rows_read) filter (where status = 'loaded'), 0), "
        "max_by(error, loaded_at) filter (where status = 'rejected') from raw_lake.ledger group by all"
    ).fetchall()
    return {(system, table): Arrival(files, read, rejection) for system, table, files, read, rejection in rows}


def nothing_to_judge(
    suite: Suite, connection: duckdb.DuckDBPyConnection, *, landing: str | None
) -> list[Outcome] | None:
    """Outcomes of a suite whose input never arrived, None when there is something to judge.

    Nothing to judge is said, never shown as green. It fails only where every file of a table was rejected: what never
    came, or came empty, is a fact.
    """
    if not suite.is_raw:
        absent = [entity for entity in suite.inputs if not _has_any(connection, f"conformed.{entity}")]
        return without_data(suite, f"{NOT_YET} of {', '.join(absent)}") if absent else None
    system, table = suite.asset_key
    arrivals = read_arrivals(connection)
    arrival = arrivals.get((system, table), Arrival())
    if arrival.rows_read:
        return None
    if arrival.files_loaded:
        return without_data(suite, NO_ROWS)
    if arrival.rejection:
        first, *others = without_data(suite, NOT_YET)
        finding = f"every file was rejected: {arrival.rejection}"
        return [replace(first, passed=False, finding=finding, remedy="Correct the file and deliver it again."), *others]
    delivers = any(other.files_loaded for (name, _), other in arrivals.items() if name == system)
    if delivers and contracts.load()[system, table].is_required:
        folder = "/".join([landing or "TOUCHSTONE_LANDING", system, table])
        return without_data(suite, f"{NOT_YET} in {folder}/, where {system} delivers other tables")
    return without_data(suite, NOT_YET)


def without_unbuilt(suite: Suite, unbuilt: Collection[str], *, as_of: datetime) -> tuple[Suite, dict[str, Outcome]]:
    """`suite` as far as it reads no mart of `unbuilt`, and the outcomes of the checks left out, by name.

    What a mart is only measured against may be of an earlier night, or not there: it judges nothing and stops nothing.
    """
    absent = {
        name: sorted(marts_read(query, suite, as_of=as_of) & set(unbuilt))
        for name, query in {**suite.queries, **suite.samples}.items()
    }
    judged, left_out = [], {}
    for check in suite.checks:
        missing = absent[str(check.kwargs["column"]).split(".")[0]]
        if missing:
            reason = f"not judged: {', '.join(missing)} was not built"
            left_out[check.name] = Outcome(check=check, passed=True, rows_examined=0, no_data=reason)
        else:
            judged.append(replace(check, sample=None) if check.sample and absent[check.sample] else check)
    queries = {name: query for name, query in suite.queries.items() if not absent[name]}
    return replace(suite, queries=queries, checks=tuple(judged)), left_out


def is_fact(outcome: Outcome, suite: Suite, last: Path | None, *, as_of: datetime) -> bool:
    """Whether a mart is empty as it was in the last publication, or before the first one."""
    if suite.is_raw or outcome.check.name != HAS_ROWS or outcome.passed or outcome.is_broken:
        return False
    if last is None:
        return True
    query, metric = str(outcome.check.kwargs["column"]).split(".")
    sql = render(suite.queries[query], suite, as_of=as_of)
    with duckdb.connect(str(last), read_only=True) as published:
        try:
            (count,) = published.execute(f"select max({metric}) from ({sql}) as counted").fetchall()[0]
        except (duckdb.CatalogException, duckdb.BinderException):  # the mart is new, or of another shape
            return True
    return not count


def _has_any(connection: duckdb.DuckDBPyConnection, table: str) -> bool:
    return bool(connection.execute(f"select 1 from {table} limit 1").fetchall())
