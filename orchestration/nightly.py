"""`make nightly`: the whole job once, headless, with a summary a person can act on."""

import gc
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TextIO

import dagster as dg
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Column, Table

from orchestration import incremental, running, summary
from orchestration.alerts.telling import tell, tell_of_policy
from orchestration.automation import NIGHTLY
from orchestration.checking.display import show_policy
from orchestration.digest import Digest, read_digest
from orchestration.publication import closing
from orchestration.quality import losses
from orchestration.retention import NIGHT_LOGS, prune
from orchestration.settings import Settings

COUNTED = ("files_read", "rows_read", "rows_loaded", "rows_quarantined")


def policy_holds(settings: Settings) -> bool:
    """Whether seeds, suites, contracts and settings have no fault; says every fault, also to the alert channels."""
    from orchestration.checking.policy import judge

    console = Console(highlight=False)
    policy = judge()
    if not policy.is_sound:
        show_policy(policy, console)
        console.print("The night did not begin: correct these, then run it again.", style="red")
        untold = tell_of_policy(policy.findings, settings=settings)
        if untold:
            console.print(untold, style="red", markup=False, soft_wrap=True)
    else:
        console.print(policy.headline(), markup=False, soft_wrap=True)
    return policy.is_sound


def run(settings: Settings, *, full_refresh: bool = False, accept_losses: bool = False) -> int:
    """Prepare, run and summarise one night; returns 0 when every mart was published and every alert sent, else 1.

    What passed is published also where something else is kept back or nobody could be told. What the terminal shows is
    kept in `logs/nights`. `full_refresh` builds whole also the tables that else keep their rows and read new batches
    only; `accept_losses` goes on without the batches that are gone from the lake. Raises Busy beside another run.
    """
    running.hold(settings)
    with running.stopped_by_sigterm(settings), _recorded(settings) as log:
        return _run(settings, log, full_refresh=full_refresh, accept_losses=accept_losses)


def _run(settings: Settings, log: Path, *, full_refresh: bool, accept_losses: bool) -> int:
    console = Console(highlight=False)
    started = time.monotonic()
    if full_refresh:
        incremental.forget(settings, because="a full refresh was asked for")
    if accept_losses:
        for lost in losses.accept(settings):
            console.print(f"Going on without {lost.row_count:,} rows of {lost.source_file}", markup=False)
    # dbt and Dagster make millions of short-lived objects beside a large heap; collecting less often saves 3 of 46 s.
    gc.set_threshold(200_000, 50, 100)
    console.print("Preparing the dbt project ...")
    from orchestration.transformation.runner import prepare

    prepare()
    from orchestration.definitions import defs

    had_published = settings.published.exists()
    with dg.DagsterInstance.get() as instance:
        running.close_dead_runs(instance, older_than=timedelta(0))
        result = defs.resolve_job_def(NIGHTLY).execute_in_process(
            instance=instance, raise_on_error=False, run_config={"loggers": {"console": {}}}
        )
        digest = read_digest(instance, result.dagster_run)
        before = summary.previous(instance, result.run_id)
        hindrances = (
            tell(instance, result.dagster_run, settings=settings),
            closing.tell(instance, result.dagster_run, settings=settings),
        )
        prune(settings, instance)
    console.print()
    console.print(_rows_by_system(result))
    console.print(*summary.lines(digest, before), sep="\n", markup=False, soft_wrap=True)
    untold = [hindrance for hindrance in hindrances if hindrance]
    for hindrance in untold:
        console.print(hindrance, style="red", markup=False, soft_wrap=True)
    is_complete = _is_complete(digest)
    console.print()
    said = summary.outcome(digest, has_published_before=had_published)
    console.print(*said, sep="\n", style="green" if is_complete else "red", markup=False, soft_wrap=True)
    console.print(f"{settings.published}, in {time.monotonic() - started:.0f} s", markup=False, soft_wrap=True)
    console.print(
        f"Details: `.venv/bin/touchstone report`, or `make ui`; this text: {log}", markup=False, soft_wrap=True
    )
    return 0 if is_complete and not untold else 1


def report(settings: Settings) -> int:
    """Print all that the last ended night found, with rows, owners and remedies; returns 0, or 1 where none ended."""
    console = Console(highlight=False)
    with dg.DagsterInstance.get() as instance:
        runs = instance.get_runs(dg.RunsFilter(job_name=NIGHTLY, statuses=running.ENDED), limit=1)
        if running.is_at_work(settings):
            begun = instance.get_run_records(dg.RunsFilter(job_name=NIGHTLY, statuses=running.UNFINISHED), limit=1)
            for record in begun:
                before = "; this is the one before it" if runs else ", the first in this home"
                console.print(f"A night is at work since {_instant(record)} UTC{before}.", markup=False, soft_wrap=True)
        if not runs:
            console.print(f"No night has ended in {settings.home} yet: `make nightly`", markup=False, soft_wrap=True)
            return 1
        digest = read_digest(instance, runs[0])
    console.print(f"{digest.title}; checks: {digest.checks}", markup=False, soft_wrap=True)
    console.print(*summary.details(digest.findings), sep="\n", markup=False, soft_wrap=True)
    return 0


def _instant(record: dg.RunRecord) -> str:
    began = record.start_time or record.create_timestamp.timestamp()
    return f"{datetime.fromtimestamp(began, UTC):%Y-%m-%d %H:%M}"


def _is_complete(digest: Digest) -> bool:
    return digest.is_success and digest.published is not None and digest.published.is_complete


def _rows_by_system(result: dg.ExecuteInProcessResult) -> Table:
    """Rows read, loaded and quarantined by this run, one line per system."""
    totals: dict[str, Counter[str]] = {}
    for event in result.get_asset_materialization_events():
        metadata = event.materialization.metadata
        if "rows_read" in metadata:
            system = totals.setdefault(event.asset_key.path[0], Counter())
            system.update({name: int(metadata[name].value) for name in COUNTED})
    table = Table("system", *(Column(name.replace("_", " "), justify="right") for name in COUNTED), box=SIMPLE)
    for system, counts in sorted(totals.items()):
        if counts["files_read"]:
            table.add_row(system, *(f"{counts[name]:,}" for name in COUNTED))
    whole = sum(totals.values(), Counter())
    table.add_row("all", *(f"{whole[name]:,}" for name in COUNTED), style="bold")
    return table


class _Tee:
    """Standard output that is also written, without colours, to a file."""

    def __init__(self, terminal: TextIO, file: TextIO) -> None:
        self.terminal, self.file = terminal, file

    def write(self, text: str) -> int:
        self.file.write(re.sub(r"\x1b\[[0-9;]*m", "", text))
        return self.terminal.write(text)

    def flush(self) -> None:
        self.file.flush()
        self.terminal.flush()

    def isatty(self) -> bool:
        return self.terminal.isatty()

    def fileno(self) -> int:
        return self.terminal.fileno()


@contextmanager
def _recorded(settings: Settings) -> Iterator[Path]:
    """Keep what is printed meanwhile in a file of its own, whose path is given."""
    path = settings.home / "logs" / NIGHT_LOGS / f"{datetime.now(UTC):%Y-%m-%dT%H%M%SZ}.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file, redirect_stdout(_Tee(sys.stdout, file)):
        yield path
