"""What one new day costs the event-sized models, over a full rebuild of them from the same lake in the same run.

python -m tests.bench.bench_incremental [--people N]
"""

import argparse
import json
import multiprocessing
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from orchestration import contracts
from orchestration.demo.simulation import next_days, simulate
from orchestration.ingestion.batches import ingest
from orchestration.ingestion.files import list_landing
from orchestration.ingestion.ledger import ensure_shapes
from orchestration.settings import DBT_PROJECT

# Of a full rebuild's time; a night's share is mostly dbt's own 50 ms a model when the company is small.
LIMIT = 0.25
FIRST_NIGHT = datetime(2026, 7, 1, 2, tzinfo=UTC)
SOURCES = (("ga4", "events"), ("marketo", "activities"))
# Each table and the key whose rows are replaced together.
TABLES = {
    "staging.stg_ga4__events": "event_id",
    "staging.stg_marketo__activities": "activity_id",
    "staging.stg_marketo__activity_numbers": "activity_number_id",
    "conformed.ga4__web_events": "event_id",
    "intermediate.int_web_sessions": "client_id",
}


@dataclass(frozen=True)
class Build:
    """Seconds in dbt without its start, and the process's peak memory."""

    seconds: float
    megabytes: float


def main(people: int = 100_000) -> bool:
    """Print the measures; False when the day costs more than the limit, or gives other rows than the rebuild."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        work = Path(folder)
        _aside(_deliver, work, people)
        _build(work)
        before = work / "before.duckdb"
        shutil.copy(work / "work.duckdb", before)
        _aside(_deliver_next_day, work)
        day = _build(work)
        kept = _aside(_content, work)
        print(f"{people:,} people, 18 months and one day")
        for table, (rows, rewritten) in _aside(_rewritten, work, before).items():
            print(f"{table:<34} {rows:>12,} rows, {rewritten:>9,} written ({rewritten / max(rows, 1):.2%})")
        whole = _build(work, "--full-refresh")
        print(f"full rebuild  {whole.seconds:6.2f} s {whole.megabytes:8,.0f} MB")
        print(f"one day       {day.seconds:6.2f} s {day.megabytes:8,.0f} MB", end="")
        print(f"   {day.seconds / whole.seconds:.2f}x (at most {LIMIT:g}x)")
        is_equal = kept == _aside(_content, work)
        print("the rows are the same" if is_equal else "THE ROWS DIFFER")
        return is_equal and day.seconds / whole.seconds <= LIMIT


def _aside(function: Callable[..., Any], *arguments: Any) -> Any:
    """What `function` returns, called in a process of its own: a child's peak memory counts its parent's as well."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(function, arguments)


def _deliver(work: Path, people: int) -> None:
    simulate(people, out=work / "demo")
    _load(work, now=FIRST_NIGHT)


def _deliver_next_day(work: Path) -> None:
    next_days(work / "demo", days=1)
    _load(work, now=FIRST_NIGHT + timedelta(days=1))


def _load(work: Path, *, now: datetime) -> None:
    lake = work / "lake"
    declared = contracts.load()
    ensure_shapes(declared.values(), lake=lake)
    listing = list_landing(str(work / "demo" / "landing"), settle_seconds=0)
    for source in SOURCES:
        ingest(declared[source], listing=listing, lake=lake, now=now, threads=2)


def _build(work: Path, *flags: str) -> Build:
    seeds = ["conversion_events", "excluded_referrers"]
    models = [*seeds, "web_events", *(table.partition(".")[2] for table in TABLES)]
    selection = ["--exclude-resource-type", "test", "unit_test", "--select", *models]
    places = ["--project-dir", DBT_PROJECT, "--profiles-dir", DBT_PROJECT, "--target-path", work / "target"]
    dbt = Path(sys.executable).with_name("dbt")
    environment = {
        **os.environ,
        "TOUCHSTONE_WAREHOUSE": str(work / "work.duckdb"),
        "TOUCHSTONE_LAKE": str(work / "lake"),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    }
    command = [dbt, "build", *flags, *selection, *places, "--log-path", work / "logs", "--log-level", "none"]
    process = subprocess.Popen([str(part) for part in command], env=environment)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"dbt failed; see {work / 'logs'}")
    results = json.loads((work / "target" / "run_results.json").read_text())
    return Build(results["elapsed_time"], usage.ru_maxrss / 1024)


def _content(work: Path) -> dict[str, tuple]:
    """Row count and a hash of every row of each table, whatever their order."""
    with duckdb.connect(str(work / "work.duckdb"), read_only=True) as connection:
        connection.execute("set enable_progress_bar = false")
        query = "select count(*), sum(hash(content)) from (from {}) as content"
        return {table: connection.execute(query.format(table)).fetchall()[0] for table in TABLES}


def _rewritten(work: Path, before: Path) -> dict[str, tuple[int, int]]:
    """Rows of each table, and how many share a key with a row that was not there before."""
    with duckdb.connect(str(work / "work.duckdb"), read_only=True) as connection:
        connection.execute("set enable_progress_bar = false")
        connection.execute(f"attach '{before}' as before (read_only)")
        query = """
            select count(*), count(*) filter (where {1} in (
                select {1} from (from {0} except all from before.{0}) as added
            ))
            from {0}
        """
        return {table: connection.execute(query.format(table, key)).fetchall()[0] for table, key in TABLES.items()}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=100_000)
    sys.exit(0 if main(parser.parse_args().people) else 1)
