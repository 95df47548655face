"""One run at a time in a home, whoever starts it, and what becomes of a run that is stopped or dies.

The lock is the process's: it is freed when the process ends, however it ends. Whoever gets it knows that no other run
is at work, so a run that Dagster still calls started is a dead one, and is closed before it can block the schedule.
"""

import errno
import fcntl
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from io import TextIOWrapper

import dagster as dg

from orchestration.settings import BadSettings, Settings, current

LOCK = ".nightly.lock"
ENDED = [dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED]
UNFINISHED = [dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING]
# A run is started before its first step takes the lock.
STARTS_WITHIN = timedelta(minutes=2)
# The sensor below has the home for moments.
SENSOR_HOLDS = 5.0
STOPPED = 128 + signal.SIGTERM
# Network and remote disks fail in passing; a full disk, bad settings or data that can't be read do not.
PASSING = {
    errno.EAGAIN, errno.EBUSY, errno.ECONNABORTED, errno.ECONNREFUSED, errno.ECONNRESET, errno.EHOSTDOWN,
    errno.EHOSTUNREACH, errno.EIO, errno.ENETDOWN, errno.ENETRESET, errno.ENETUNREACH, errno.EPIPE, errno.ESTALE,
    errno.ETIMEDOUT,
}  # fmt: skip
# Of clients of object storage, by name: a landing in a folder loads none of them.
PASSING_CLASSES = {
    "ClientConnectionError", "ConnectTimeoutError", "ConnectionClosedError", "EndpointConnectionError",
    "HTTPClientError", "ReadTimeoutError", "ServerDisconnectedError",
}  # fmt: skip

_held: dict[str, TextIOWrapper] = {}


class Busy(BadSettings):
    """Another run is at work in the home: wait for it, or name another."""


def hold(settings: Settings, *, patience: float = 0.0) -> bool:
    """Take the home for this process until it ends; True where it was not held before.

    Raises Busy when another process has it for longer than `patience` seconds.
    """
    path = settings.home / LOCK
    if str(path) in _held:
        return False
    settings.home.mkdir(parents=True, exist_ok=True)
    handle = path.open("a+")
    until = time.monotonic() + patience
    while not _locks(handle):
        if time.monotonic() >= until:
            handle.seek(0)
            holder = handle.read().strip() or "unknown"
            handle.close()
            raise Busy(
                f"another run (process {holder}) is at work in {settings.home}; wait until it ends, or stop it, "
                "then run again"
            )
        time.sleep(0.2)
    handle.truncate(0)
    handle.write(str(os.getpid()))
    handle.flush()
    _held[str(path)] = handle
    return True


def _locks(handle: TextIOWrapper) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def is_at_work(settings: Settings) -> bool:
    """Whether a run of any process has the home now."""
    if str(settings.home / LOCK) in _held:
        return True
    try:
        hold(settings)
    except Busy:
        return True
    let_go(settings)
    return False


def let_go(settings: Settings) -> None:
    """Give the home back before the process ends."""
    handle = _held.pop(str(settings.home / LOCK), None)
    if handle is not None:
        handle.close()


def close_dead_runs(instance: dg.DagsterInstance, *, except_for: str | None = None, older_than: timedelta) -> list[str]:
    """Close the runs that began before `older_than` ago and never ended; only for whoever holds the home."""
    before = datetime.now(UTC) - older_than
    records = instance.get_run_records(dg.RunsFilter(statuses=UNFINISHED, created_before=before))
    dead = [record.dagster_run for record in records if record.dagster_run.run_id != except_for]
    for run in dead:
        instance.report_run_failed(run, "The process of this run died; what was published before it stays in place.")
    return [run.run_id for run in dead]


@contextmanager
def at_work(context: dg.AssetExecutionContext) -> Iterator[Settings]:
    """Around the work of a step: the home is this run's alone, and only what fails in passing is tried again."""
    settings = current()
    try:
        if hold(settings, patience=SENSOR_HOLDS):
            close_dead_runs(context.instance, except_for=context.run_id, older_than=timedelta(0))
        yield settings
    except dg.Failure:
        raise
    except Exception as error:
        if is_passing(error):
            raise
        raise dg.Failure(str(error) or type(error).__name__, allow_retries=False) from error


def in_one_line(error: BaseException) -> str:
    """The first line of what an error says, or what it is called."""
    return next(iter(str(error).strip().splitlines()), type(error).__name__)


def is_passing(error: BaseException | None) -> bool:
    """Whether the same may work a little later: the network or a remote disk failed, by the error or its causes."""
    while error is not None:
        names = {kind.__name__ for kind in type(error).__mro__}
        if isinstance(error, ConnectionError | TimeoutError) or names & PASSING_CLASSES:
            return True
        if "OperationalError" in names and type(error).__module__.startswith("adbc"):  # PostgreSQL can't be reached
            return True
        if isinstance(error, OSError) and error.errno in PASSING:
            return True
        error = error.__cause__
    return False


@contextmanager
def stopped_by_sigterm(settings: Settings) -> Iterator[None]:
    """Meanwhile this process ends at once when it is told to, its run closed and with status 143.

    Nothing is rolled back, because nothing has to be: batches, tables and publications appear whole or not at all. A
    thread of its own hears of the signal: Dagster would take it over and go on until a step lets it end.
    """
    reads, writes = os.pipe()
    os.set_blocking(writes, False)

    def listen() -> None:
        while told := os.read(reads, 1):
            if told[0] == signal.SIGTERM:
                _stop(settings)

    listening = threading.Thread(target=listen, daemon=True)
    listening.start()
    handler = signal.signal(signal.SIGTERM, lambda *_: None)
    before = signal.set_wakeup_fd(writes, warn_on_full_buffer=False)
    try:
        yield
    finally:
        signal.set_wakeup_fd(before)
        signal.signal(signal.SIGTERM, handler)
        os.close(writes)
        listening.join()
        os.close(reads)


def _stop(settings: Settings) -> None:
    # The interrupted run may be in the middle of writing the history, so this does not wait for long.
    closing = threading.Thread(target=_cancel, daemon=True)
    closing.start()
    closing.join(3)
    kept = "the marts published last stay in place" if settings.published.exists() else "nothing was published"
    print(f"\nStopped by SIGTERM; {kept}.", flush=True)
    os._exit(STOPPED)


def _cancel() -> None:
    with suppress(Exception), dg.DagsterInstance.get() as instance:  # or else the next run closes it
        for run in instance.get_runs(dg.RunsFilter(statuses=UNFINISHED)):
            instance.report_run_canceled(run, "Stopped by SIGTERM.")


@dg.sensor(
    name="close_dead_runs", minimum_interval_seconds=60, default_status=dg.DefaultSensorStatus.RUNNING,
    description="Closes runs whose process died, so that they block no schedule.",
)  # fmt: skip
def dead_runs_sensor(context: dg.SensorEvaluationContext) -> dg.SkipReason:
    """Look for dead runs whenever no run is at work."""
    settings = current()
    try:
        hold(settings)
    except Busy as busy:
        return dg.SkipReason(str(busy))
    try:
        closed = close_dead_runs(context.instance, older_than=STARTS_WITHIN)
    finally:
        let_go(settings)
    return dg.SkipReason(f"closed {', '.join(closed)}" if closed else "no run died")
