"""`make nightly`: the whole job once, headless, with a summary a person can act on."""

import fcntl
import gc
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import dagster as dg
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Column, Table

from orchestration import incremental
from orchestration.alerts import tell, tell_of_policy
from orchestration.automation import NIGHTLY
from orchestration.checking.display import show_policy
from orchestration.publication import report
from orchestration.publication.report import Report
from orchestration.quality.display import rows_as_text
from orchestration.quality.tally import evaluations, tally
from orchestration.settings import Settings

if TYPE_CHECKING:
    from dagster._core.definitions.asset_checks.asset_check_evaluation import AssetCheckEvaluation

COUNTED = ("files_read", "rows_read", "rows_loaded", "rows_quarantined")


def policy_holds(settings: Settings) -> bool:
    """Whether seeds, suites, contracts and settings have no fault; says every fault, also to the alert channels."""
    from orchestration.checking.policy import judge

    console = Console(highlight=False)
    policy = judge()
    if not policy.is_sound:
        show_policy(policy, console)
        console.print("The night did not begin: correct these, then run it again.", style="red")
        untold = tell_of_policy(policy.findings, urls=settings.alert_urls)
        if untold:
            console.print(untold, style="red", markup=False, soft_wrap=True)
    else:
        console.print(policy.headline(), markup=False, soft_wrap=True)
    return policy.is_sound


def run(settings: Settings, *, full_refresh: bool = False) -> int:
    """Prepare, run and summarise one night; returns 0 when every mart was published and every alert sent, else 1.

    What passed is published also where something else is kept back or nobody could be told.

    `full_refresh` builds whole also the tables that else keep their rows and read new batches only.
    """
    console = Console(highlight=False)
    lock = _lock(settings)
    if lock is None:
        console.print(f"Another run is at work in {settings.home}; wait for it, or stop it.", style="red")
        return 1
    started = time.monotonic()
    if full_refresh:
        incremental.forget(settings, because="a full refresh was asked for")
    # dbt and Dagster make millions of short-lived objects beside a large heap; collecting less often saves 3 of 46 s.
    gc.set_threshold(200_000, 50, 100)
    console.print("Preparing the dbt project ...")
    from orchestration.transformation.runner import prepare

    prepare()
    from orchestration.definitions import defs

    with dg.DagsterInstance.get() as instance:
        result = defs.resolve_job_def(NIGHTLY).execute_in_process(
            instance=instance, raise_on_error=False, run_config={"loggers": {"console": {}}}
        )
        outcomes = evaluations(instance, result.run_id)
        untold = tell(instance, result.dagster_run, urls=settings.alert_urls)
    console.print()
    console.print(_rows_by_system(result))
    judged = [outcome for outcome in outcomes if not report.is_report(outcome)]
    console.print(*_check_lines(judged), sep="\n", markup=False, soft_wrap=True)
    if untold:
        console.print(untold, style="red", markup=False, soft_wrap=True)
    seconds = time.monotonic() - started
    published = report.read(outcomes)
    if published is None or not result.success:
        kept = "the marts published last stay in place" if settings.published.exists() else "nothing was published"
        console.print(f"\nFailed after {seconds:.0f} s; {kept}. Details: make ui", style="red", soft_wrap=True)
        return 1
    style = "red" if published.kept else "green"
    console.print(f"\n{published.headline()}", style=style, markup=False, soft_wrap=True)
    for line in _kept_lines(published):
        console.print(line, markup=False, soft_wrap=True)
    console.print(f"In {seconds:.0f} s: {settings.published}", soft_wrap=True)
    return 1 if published.kept or untold else 0


def _kept_lines(published: Report) -> Iterator[str]:
    """Each cause that keeps marts back, the marts, who repairs it and how."""
    for because, marts in published.causes():
        yield f"  KEPT    {', '.join(marts)}"
        yield f"          because {because}"
        yield f"          owner: {because.owner}"
        yield f"          remedy: {because.remedy}"


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


def _check_lines(outcomes: "Sequence[AssetCheckEvaluation]") -> Iterator[str]:
    """How many checks passed, warned and failed, and what each that did not pass found first; the worst first."""
    yield f"Checks: {tally(outcomes)}"
    wrong = [outcome for outcome in outcomes if not outcome.passed]
    for outcome in sorted(wrong, key=lambda outcome: outcome.severity == dg.AssetCheckSeverity.WARN):
        mark = "FAILED" if outcome.severity == dg.AssetCheckSeverity.ERROR else "warned"
        yield f"  {mark}  {outcome.asset_key.to_user_string()}: {outcome.check_name}"
        yield f"          {outcome.description}"
        sample = outcome.metadata.get("sample")
        for row in rows_as_text(str(sample.value), limit=1) if sample is not None else ():
            yield f"          first row: {row}"
        for name in ("owner", "remedy"):
            if name in outcome.metadata:
                yield f"          {name}: {outcome.metadata[name].value}"


def _lock(settings: Settings) -> object | None:
    """Hold the home for this process; None when another run holds it."""
    settings.home.mkdir(parents=True, exist_ok=True)
    handle = (settings.home / ".nightly.lock").open("w")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        handle.close()
        return None
    return handle
