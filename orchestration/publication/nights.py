"""How the last night went, beside the marts that BI reads: table `night`, and every check of every night.

Both are renewed also when a night published nothing, so that a dashboard can say whose numbers it shows and why. What
checks found is kept in the lake, one file per night.
"""

import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, fields, replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Literal

import dagster as dg
import duckdb

from orchestration.ingestion.ledger import commit, literal, lock, scratch
from orchestration.publication.descriptions import Description, ship
from orchestration.settings import Settings

NIGHT = "night"
CHECK_RESULTS = "fct_check_results"
FOLDER = "_check_results"

Outcome = Literal["published", "partly_published", "failed"]


@dataclass(frozen=True)
class Night:
    """One night; instants are UTC without a zone. `because`, `owner` and `remedy` are of the worst that was found."""

    run_id: str
    as_of: datetime
    started_at: datetime | None
    ended_at: datetime
    outcome: Outcome
    message: str
    published_mart_count: int
    kept_mart_count: int
    passed_check_count: int
    warned_check_count: int
    failed_check_count: int
    unjudged_check_count: int
    because: str | None
    owner: str | None
    remedy: str | None


@dataclass(frozen=True)
class CheckResult:
    """One check of one night."""

    check_result_id: str
    run_id: str
    as_of: datetime
    asset: str
    table_name: str
    check_name: str
    check_status: str
    severity: str
    observed: str | None
    expected: str | None
    finding: str | None
    meaning: str | None
    owner: str | None
    remedy: str | None
    runbook: str | None


_TYPES = {
    str: "varchar",
    str | None: "varchar",
    Outcome: "varchar",
    int: "bigint",
    datetime: "timestamp",
    datetime | None: "timestamp",
}

DESCRIPTIONS: Mapping[str, Description] = MappingProxyType(
    {
        NIGHT: Description(
            "One row: the last night, also when it failed, and whose numbers the other tables show since.",
            {
                "run_id": "Run of the night.",
                "as_of": "Instant (UTC) that the night called now.",
                "started_at": "When it began, UTC.",
                "ended_at": "When it published, or was found to have failed, UTC.",
                "outcome": "published: every mart; partly_published: some keep an earlier table; failed: nothing.",
                "message": "The night in a sentence, for the head of a dashboard.",
                "published_mart_count": "Marts that the night renewed.",
                "kept_mart_count": "Marts that show an earlier night, or nothing yet.",
                "passed_check_count": "Checks that passed.",
                "warned_check_count": "Checks that warned.",
                "failed_check_count": "Checks that failed and held something back.",
                "unjudged_check_count": "Checks that had nothing to judge.",
                "because": "The worst that was found.",
                "owner": "Who repairs it.",
                "remedy": "What to do.",
                "publication_run_id": "Run whose publication the other tables are.",
                "published_at": "When that was published, UTC.",
                "numbers_as_of": "Instant (UTC) that the newest mart called now.",
                "oldest_numbers_as_of": "Instant (UTC) that the oldest mart called now.",
                "numbers_age_hours": "Hours from the newest mart's instant to the night's: 0 when the night published.",
                "is_simulated": "The numbers are a simulated company's.",
            },
        ),
        CHECK_RESULTS: Description(
            "What every check found, night by night. One row per night's run, table and check.",
            {
                "check_result_id": "Key of the row.",
                "run_id": "Run of the night.",
                "as_of": "Instant (UTC) that the night called now.",
                "asset": "What was judged: <system>/<table> of an extract, marts/<mart>, or another model.",
                "table_name": "Its last part: the mart, model or extract.",
                "check_name": "Check; dbt's data tests under the name that dbt gives them.",
                "check_status": "passed, warned, failed or no_data.",
                "severity": "critical or warning: what a failure does.",
                "observed": "What was found, as people read it.",
                "expected": "What was asked for.",
                "finding": "Both in one line; what could not be judged says why.",
                "meaning": "Who is hurt when it fails.",
                "owner": "Who repairs it.",
                "remedy": "What to do.",
                "runbook": "Where it is written how.",
            },
        ),
    }
)


def keep(settings: Settings, results: Sequence[CheckResult]) -> None:
    """Put what the checks of one night found into the lake, in a file of the night's own."""
    if not results:
        return
    run_id = results[0].run_id
    with lock(settings.lake), scratch(settings.lake) as place, duckdb.connect() as connection:
        file = f"{results[0].as_of:%Y-%m-%dT%H%M%SZ}-{run_id}.parquet"
        _create(connection, "results", CheckResult)
        places = ", ".join("?" * len(fields(CheckResult)))
        connection.executemany(f"insert into results values ({places})", [astuple(result) for result in results])
        options = "format parquet, compression zstd"
        connection.execute(f"copy (from results order by asset, check_name) to {literal(place / file)} ({options})")
        commit([(place / file, settings.lake / FOLDER / file)])


def kept(settings: Settings, *, last: bool = False) -> str | None:
    """SQL of what the checks of every night found, or those of the last night; None where nothing is kept."""
    files = sorted((settings.lake / FOLDER).glob("*.parquet"))
    listed = ", ".join(literal(file) for file in (files[-1:] if last else files))
    return f"read_parquet([{listed}], union_by_name = true)" if files else None


def write(database: duckdb.DuckDBPyConnection, schema: str, settings: Settings, night: Night) -> None:
    """Make the two tables in `schema`, which has the table `publication`, in the place of those that are there."""
    database.execute(f"drop table if exists {schema}.{CHECK_RESULTS}")
    _create(database, f"{schema}.{CHECK_RESULTS}", CheckResult)
    history = kept(settings)
    if history:
        told = f"select * from {history} order by as_of, run_id, asset, check_name"
        database.execute(f"insert into {schema}.{CHECK_RESULTS} by name {told}")
    _create(database, "told", Night, temporary=True)
    database.execute(f"insert into told values ({', '.join('?' * len(fields(Night)))})", astuple(night))
    database.execute(f"drop table if exists {schema}.{NIGHT}")
    database.execute(f"""
        create table {schema}.{NIGHT} as
        with shown as (
            select
                any_value(publication_run_id) as publication_run_id,
                max(published_at) as published_at,
                max(as_of) as numbers_as_of,
                min(as_of) as oldest_numbers_as_of,
                bool_or(is_simulated) as is_simulated
            from {schema}.publication
        )
        select
            told.*,
            shown.publication_run_id,
            shown.published_at,
            shown.numbers_as_of,
            shown.oldest_numbers_as_of,
            date_diff('second', shown.numbers_as_of, told.as_of) / 3600.0 as numbers_age_hours,
            coalesce(shown.is_simulated, false) as is_simulated
        from told
        cross join shown
    """)
    database.execute("drop table told")


def renew(settings: Settings, night: Night) -> bool:
    """Tell of a night that published nothing beside the current publication; False where there is none.

    The marts stay as they are. Each file is replaced by one rename, so that a reader sees the old one or the new.
    """
    if not settings.published_database.exists():
        return False
    folder = settings.published.resolve()
    next_file = folder / f".{settings.published_database.name}.next"
    arriving = folder / ".arriving"
    shutil.rmtree(arriving, ignore_errors=True)
    arriving.mkdir()
    shutil.copyfile(folder / settings.published_database.name, next_file)
    with duckdb.connect(str(next_file)) as database:
        ((mart_count,),) = database.execute("select count(*) from marts.publication").fetchall()
        night = replace(night, kept_mart_count=mart_count)
        write(database, "marts", settings, night)
        ship(database, "marts", DESCRIPTIONS, parquet=arriving)
    os.replace(next_file, folder / settings.published_database.name)
    for file in arriving.iterdir():
        os.replace(file, folder / "parquet" / file.name)
    arriving.rmdir()
    return True


def told(settings: Settings) -> str | None:
    """The run that table `night` of the current publication tells of; None without one."""
    if not settings.published_database.exists():
        return None
    with duckdb.connect(str(settings.published_database), read_only=True) as published:
        tables = "select count(*) from duckdb_tables() where schema_name = 'marts' and table_name = ?"
        ((count,),) = published.execute(tables, [NIGHT]).fetchall()
        return published.execute(f"select run_id from marts.{NIGHT}").fetchall()[0][0] if count else None


def is_replay(settings: Settings, as_of: datetime) -> bool:
    """Whether a night that calls `as_of` now (UTC without a zone) knows less than what is published."""
    if not settings.published_database.exists():
        return False
    with duckdb.connect(str(settings.published_database), read_only=True) as published:
        ((newest,),) = published.execute("select max(as_of) from marts.publication").fetchall()
    return newest is not None and as_of < newest


def utc(instant: datetime) -> datetime:
    """An instant as the published tables have it: UTC without a zone."""
    return instant.astimezone(UTC).replace(tzinfo=None)


def started(instance: dg.DagsterInstance, run_id: str) -> datetime | None:
    """When a run began, UTC without a zone; None of one that Dagster no longer remembers."""
    record = instance.get_run_record_by_id(run_id)
    return utc(datetime.fromtimestamp(record.start_time, UTC)) if record and record.start_time else None


def _create(database: duckdb.DuckDBPyConnection, table: str, row: type, *, temporary: bool = False) -> None:
    columns = ", ".join(f"{column.name} {_TYPES[column.type]}" for column in fields(row))
    database.execute(f"create {'temporary ' if temporary else ''}table {table} ({columns})")
