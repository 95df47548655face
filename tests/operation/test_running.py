"""One run at a time; a run whose process died is closed; only what fails in passing is tried again."""

import errno
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import dagster as dg
import pytest

from orchestration import running, settings
from orchestration.digest import read_digest


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[settings.Settings]:
    """Settings of this process, in a home of its own, let go at the end."""
    monkeypatch.setenv("TOUCHSTONE_HOME", str(tmp_path))
    settings.current.cache_clear()
    yield settings.current()
    running.let_go(settings.current())
    settings.current.cache_clear()


def _holder(home: settings.Settings) -> "subprocess.Popen[str]":
    code = textwrap.dedent(f"""
        import time
        from orchestration import running, settings
        running.hold(settings.load({{"TOUCHSTONE_HOME": {str(home.home.parent)!r}}}))
        print("held", flush=True)
        time.sleep(60)
    """)
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_a_second_run_is_refused_until_the_first_process_ends(home: settings.Settings) -> None:
    with _holder(home) as other:
        with pytest.raises(running.Busy, match=rf"process {other.pid}\) is at work in .*; wait until it ends"):
            running.hold(home)
        other.kill()
    assert running.hold(home)
    assert not running.hold(home)


def test_runs_of_a_process_that_died_are_closed_and_no_others(home: settings.Settings) -> None:
    def start(status: dg.DagsterRunStatus) -> str:
        return instance.create_run_for_job(job, status=status).run_id

    @dg.job
    def job() -> None: ...

    with dg.DagsterInstance.ephemeral() as instance:
        started, waiting = start(dg.DagsterRunStatus.STARTED), start(dg.DagsterRunStatus.NOT_STARTED)
        own, done = start(dg.DagsterRunStatus.STARTED), start(dg.DagsterRunStatus.SUCCESS)
        assert running.close_dead_runs(instance, except_for=own, older_than=timedelta(minutes=2)) == []
        assert running.close_dead_runs(instance, except_for=own, older_than=timedelta(0)) == [started]
        statuses = {run.run_id: run.status for run in instance.get_runs()}
        digest = read_digest(instance, instance.get_run_by_id(started))
        assert (digest.is_success, digest.findings) == (False, ())
    assert statuses[started] == dg.DagsterRunStatus.FAILURE
    assert statuses[waiting] == dg.DagsterRunStatus.NOT_STARTED
    assert (statuses[own], statuses[done]) == (dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.SUCCESS)


def _caused(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "passes"),
    [
        (TimeoutError(), True),
        (ConnectionResetError(), True),
        (OSError(errno.ESTALE, "stale file handle"), True),
        (_caused(RuntimeError("the lake"), ConnectionRefusedError()), True),
        (type("EndpointConnectionError", (Exception,), {})(), True),
        (OSError(errno.ENOSPC, "no space left on device"), False),
        (PermissionError(), False),
        (settings.BadSettings("TOUCHSTONE_LANDING"), False),
        (ValueError("a suite"), False),
    ],
)
def test_what_passes_by_itself(error: Exception, passes: bool) -> None:
    assert running.is_passing(error) is passes


@pytest.mark.parametrize(("error", "attempts"), [(OSError(errno.ENOSPC, "disk full"), 1), (TimeoutError("slow"), 3)])
def test_only_what_fails_in_passing_is_tried_again(home: settings.Settings, error: Exception, attempts: int) -> None:
    tried = []

    @dg.asset(retry_policy=dg.RetryPolicy(max_retries=2))
    def work(context: dg.AssetExecutionContext) -> None:
        with running.at_work(context) as found:
            assert found == home
            tried.append(context.retry_number)
            raise error

    with dg.DagsterInstance.ephemeral() as instance:
        assert not dg.materialize([work], instance=instance, raise_on_error=False).success
    assert tried == list(range(attempts))


def test_the_sensor_looks_only_when_no_run_is_at_work(home: settings.Settings) -> None:
    with dg.DagsterInstance.ephemeral() as instance, dg.build_sensor_context(instance=instance) as context:
        with _holder(home) as other:
            assert "at work" in str(running.dead_runs_sensor(context).skip_message)
            other.kill()
        assert running.dead_runs_sensor(context).skip_message == "no run died"
    assert running.hold(home)
