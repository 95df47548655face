"""`touchstone report` beside a night that is at work."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import dagster as dg
import pytest

from orchestration import nightly
from orchestration.automation import NIGHTLY
from orchestration.running import LOCK
from orchestration.settings import Settings, load

HOLDS = (
    "import fcntl, sys; f = open(sys.argv[1], 'a'); fcntl.flock(f, fcntl.LOCK_EX); print('held', flush=True); input()"
)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load({"TOUCHSTONE_HOME": str(tmp_path), "TOUCHSTONE_LANDING": str(tmp_path / "landing")})


@pytest.fixture
def instance(monkeypatch: pytest.MonkeyPatch) -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as history:
        monkeypatch.setattr(nightly.dg.DagsterInstance, "get", lambda: history)
        yield history


@pytest.fixture
def at_work(tmp_path: Path) -> Iterator[None]:
    """Another process has the home."""
    held = subprocess.Popen(
        [sys.executable, "-c", HOLDS, str(tmp_path / LOCK)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert held.stdout.readline() == b"held\n"
    yield
    held.communicate(b"\n")


def night(status: dg.DagsterRunStatus) -> dg.DagsterRun:
    return dg.DagsterRun(job_name=NIGHTLY, run_id=str(uuid4()), status=status)


def test_the_last_night_that_ended_is_told_beside_one_at_work(
    settings: Settings, instance: dg.DagsterInstance, at_work: None, monkeypatch: Any, capsys: Any
) -> None:
    ended = instance.add_run(night(dg.DagsterRunStatus.FAILURE))
    instance.add_run(night(dg.DagsterRunStatus.STARTED))
    told: list[str] = []
    read = nightly.read_digest
    monkeypatch.setattr(nightly, "read_digest", lambda of, run: (told.append(run.run_id), read(of, run))[1])
    assert nightly.report(settings) == 0
    assert told == [ended.run_id]
    said = capsys.readouterr().out
    assert "A night is at work since 20" in said
    assert said.splitlines()[0].endswith("UTC; this is the one before it.")


def test_a_dead_night_is_not_at_work(settings: Settings, instance: dg.DagsterInstance, capsys: Any) -> None:
    instance.add_run(night(dg.DagsterRunStatus.STARTED))
    assert nightly.report(settings) == 1
    assert capsys.readouterr().out == f"No night has ended in {settings.home} yet: `make nightly`\n"


def test_a_first_night_at_work_is_said(
    settings: Settings, instance: dg.DagsterInstance, at_work: None, capsys: Any
) -> None:
    instance.add_run(night(dg.DagsterRunStatus.STARTED))
    assert nightly.report(settings) == 1
    assert "UTC, the first in this home." in capsys.readouterr().out
