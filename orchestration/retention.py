"""What piles up night by night, and how long it is kept: runs, their logs, what was set aside in the lake."""

import shutil
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg

from orchestration import contracts
from orchestration.ingestion.proofs import SET_ASIDE
from orchestration.settings import Settings

NIGHT_LOGS = "nights"


def prune(settings: Settings, instance: dg.DagsterInstance, *, now: datetime | None = None) -> int:
    """Remove finished runs, logs and leavings older than the var `history_days`; returns the runs removed."""
    days = contracts.policy()["history_days"]
    before = (now or datetime.now(UTC)) - timedelta(days=days)
    old = [
        record.dagster_run
        for record in instance.get_run_records(dg.RunsFilter(created_before=before))
        if record.dagster_run.is_finished
    ]
    for run in old:
        instance.delete_run(run.run_id)
        # Dagster empties a run's own database and leaves the file and the captured output.
        for place in (settings.dagster_home / "history" / "runs").glob(f"{run.run_id}.db*"):
            place.unlink()
        shutil.rmtree(settings.dagster_home / "storage" / run.run_id, ignore_errors=True)
    for path in _older(settings, seconds=days * 86400):
        path.unlink(missing_ok=True)
    return len(old)


def _older(settings: Settings, *, seconds: float) -> Iterator[Path]:
    before = time.time() - seconds
    for folder in (settings.home / "logs" / NIGHT_LOGS, settings.lake / SET_ASIDE):
        for path in folder.rglob("*"):
            if path.is_file() and path.lstat().st_mtime < before:
                yield path
