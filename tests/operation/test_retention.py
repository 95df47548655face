"""What is older than the policy goes, and nothing else."""

import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg

from orchestration.retention import prune
from orchestration.settings import load

DAY = 86_400


def _file(path: Path, *, days: int) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("x")
    os.utime(path, (time.time() - days * DAY,) * 2)
    return path


def test_old_runs_logs_and_leavings_are_removed(tmp_path: Path) -> None:
    settings = load({"TOUCHSTONE_HOME": str(tmp_path), "TOUCHSTONE_LANDING": "/extracts"})
    old = [_file(tmp_path / name, days=31) for name in ("logs/nights/a.txt", "lake/_set_aside/crm/people/a.parquet")]
    kept = [
        _file(tmp_path / name, days=days)
        for name, days in (
            ("logs/nights/b.txt", 29),
            ("lake/_set_aside/crm/people/b.parquet", 29),
            ("lake/crm/people/old.parquet", 400),
        )
    ]

    @dg.job
    def job() -> None: ...

    settings.dagster_home.mkdir()
    with dg.DagsterInstance.local_temp(str(settings.dagster_home)) as instance:
        done, at_work = (
            instance.create_run_for_job(job, status=status).run_id
            for status in (dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.STARTED)
        )
        assert prune(settings, instance) == 0
        logs = _file(settings.dagster_home / "storage" / done / "compute_logs" / "a.err", days=0)
        assert prune(settings, instance, now=datetime.now(UTC) + timedelta(days=31)) == 1
        assert [run.run_id for run in instance.get_runs()] == [at_work]
    assert not any(path.exists() for path in (*old, logs))
    assert all(path.exists() for path in kept)
