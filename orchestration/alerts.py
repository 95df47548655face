"""Failed checks -> people: one digest per run, sent to the configured channels."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import dagster as dg
from dagster import DagsterEventType

from orchestration.policy.findings import Finding as Fault
from orchestration.policy.findings import PolicyError, listed
from orchestration.publication import report
from orchestration.publication.report import Report
from orchestration.quality.absence import NOT_YET
from orchestration.quality.display import mask, rows_as_text
from orchestration.quality.tally import evaluations, events
from orchestration.settings import current

if TYPE_CHECKING:
    from dagster._core.definitions.asset_checks.asset_check_evaluation import AssetCheckEvaluation
    from dagster._utils.error import SerializableErrorInfo

SENT = "touchstone/alerted"
SHOWN_FINDINGS = 25
SHOWN_ROWS = 3


@dataclass(frozen=True)
class Finding:
    """One failed check or step: who repairs it, what broke, which rows, what to do."""

    owner: str
    title: str
    is_critical: bool
    found: str
    harm: str = ""
    rows: tuple[str, ...] = ()
    remedy: str = ""
    runbook: str = ""


@dataclass(frozen=True)
class Digest:
    """What one run has to say.

    `published` is None when it published nothing; `missing` names the tables that had no extract.
    """

    run_id: str
    is_success: bool
    findings: tuple[Finding, ...]
    missing: tuple[str, ...]
    published: Report | None = None

    @property
    def title(self) -> str:
        """`Touchstone: published 41 of 43 marts, 1 failed, 2 warned`."""
        failed = sum(finding.is_critical for finding in self.findings)
        counts = f"{failed} failed, {len(self.findings) - failed} warned"
        if self.published is None:
            return f"Touchstone: nothing was published, {counts}"
        total = self.published.mart_count
        return f"Touchstone: published {total - len(self.published.kept)} of {total} marts, {counts}"

    def body(self) -> str:
        """Plain text, grouped by owner, the worst first; values from extracts are masked and hold no markup."""
        ordered = sorted(self.findings, key=lambda finding: (not finding.is_critical, finding.owner, finding.title))
        shown = ordered[:SHOWN_FINDINGS]
        lines: list[str] = [*_kept_lines(self.published), ""] if self.published and self.published.kept else []
        for owner in dict.fromkeys(finding.owner for finding in shown):
            lines += [f"For {owner}", ""]
            for finding in (finding for finding in shown if finding.owner == owner):
                lines += [*_lines(finding), ""]
        if len(ordered) > len(shown):
            lines += [f"And {len(ordered) - len(shown)} more; see the run.", ""]
        if self.missing:
            lines += [f"Nothing to judge, no extract yet: {', '.join(self.missing)}", ""]
        return "\n".join([*lines, f"Run {self.run_id}"])


def build_sensors() -> list[dg.SensorDefinition]:
    """One sensor for failed runs and one for successful ones; both send the run's digest, once."""

    @dg.run_failure_sensor(name="alert_on_failure", default_status=dg.DefaultSensorStatus.RUNNING)
    def alert_on_failure(context: dg.RunFailureSensorContext) -> None:
        """Tell the owners why the run failed."""
        send_digest(context.instance, context.dagster_run, urls=current().alert_urls)

    @dg.run_status_sensor(
        name="alert_on_warnings", run_status=dg.DagsterRunStatus.SUCCESS, default_status=dg.DefaultSensorStatus.RUNNING
    )
    def alert_on_warnings(context: dg.RunStatusSensorContext) -> None:
        """Tell the owners what a published run warned of."""
        send_digest(context.instance, context.dagster_run, urls=current().alert_urls)

    return [alert_on_failure, alert_on_warnings]


def send_digest(instance: dg.DagsterInstance, run: dg.DagsterRun, *, urls: Sequence[str]) -> bool:
    """Send the digest of `run`, once; False when there was nobody to tell, nothing to say, or it was sent before.

    A headless run calls this itself, a sensor for runs of the daemon; the run's tag keeps them from telling twice.
    """
    if not urls or SENT in (instance.get_run_by_id(run.run_id) or run).tags:
        return False
    digest = read_digest(instance, run)
    has_kept = digest.published is not None and digest.published.kept
    if digest.is_success and not digest.findings and not has_kept:
        return False
    notify(urls, title=digest.title, body=digest.body())
    instance.add_run_tags(run.run_id, {SENT: "yes"})
    return True


def tell(instance: dg.DagsterInstance, run: dg.DagsterRun, *, urls: Sequence[str]) -> str | None:
    """Send the digest of `run` where a channel's failure must not end the caller; returns what hindered it."""
    try:
        send_digest(instance, run, urls=urls)
    except (ValueError, RuntimeError) as error:
        return f"Not everybody was alerted: {error}"
    return None


def tell_of_policy(findings: Sequence[Fault], *, urls: Sequence[str]) -> str | None:
    """Send that a night did not begin, and all that is wrong with the policy; returns what hindered it."""
    if not urls:
        return None
    title = f"Touchstone: nothing was read or published, faults of the policy: {len(findings)}"
    try:
        notify(urls, title=title, body=_plain("\n".join(listed(findings))))
    except (ValueError, RuntimeError) as error:
        return f"Not everybody was alerted: {error}"
    return None


def read_digest(instance: dg.DagsterInstance, run: dg.DagsterRun) -> Digest:
    """What the check evaluations and failed steps of `run` say."""
    outcomes = evaluations(instance, run.run_id)
    judged = [outcome for outcome in outcomes if not report.is_report(outcome)]
    failures = [
        Finding(
            owner="Data Engineering",
            title=f"step {event.step_key}",
            is_critical=True,
            found=_plain(mask(_root_cause(event.step_failure_data.error))),
            remedy="Read the step's log in the run.",
        )
        for event in events(instance, run.run_id, DagsterEventType.STEP_FAILURE)
    ]
    failures += [
        Finding("Whoever edited the policy", "run", is_critical=True, found=_plain(mask(_root_cause(failed))))
        for event in events(instance, run.run_id, DagsterEventType.RUN_FAILURE)
        if (failed := event.job_failure_data.error) and failed.cls_name == PolicyError.__name__
    ]
    missing = {
        evaluation.asset_key.to_user_string()
        for evaluation in judged
        if evaluation.passed and (evaluation.description or "").startswith(NOT_YET)
    }
    return Digest(
        run_id=run.run_id,
        is_success=run.status == dg.DagsterRunStatus.SUCCESS,
        findings=tuple([*failures, *(_finding(evaluation) for evaluation in judged if not evaluation.passed)]),
        missing=tuple(sorted(missing)),
        published=report.read(outcomes),
    )


def notify(urls: Sequence[str], *, title: str, body: str) -> None:
    """Send to every apprise URL; raises ValueError for a URL that is none, RuntimeError when a channel refused.

    Neither names the URL, for it holds secrets.
    """
    import apprise

    channels = apprise.Apprise()
    for position, url in enumerate(urls, start=1):
        if not channels.add(url):
            raise ValueError(
                f"TOUCHSTONE_ALERT_URLS: entry {position} is no apprise URL; write it as slack://... or mailto://..."
            )
    if not channels.notify(title=title, body=body, body_format=apprise.NotifyFormat.TEXT):
        raise RuntimeError(
            f"the digest did not reach every channel of TOUCHSTONE_ALERT_URLS ({len(urls)} configured); "
            f"check each URL's token and the network"
        )


def _finding(evaluation: "AssetCheckEvaluation") -> Finding:
    metadata = {name: entry.value for name, entry in evaluation.metadata.items()}
    sample = metadata.get("sample")
    return Finding(
        owner=str(metadata.get("owner") or "Data Engineering"),
        title=f"{evaluation.asset_key.to_user_string()}: {evaluation.check_name}",
        is_critical=evaluation.severity == dg.AssetCheckSeverity.ERROR,
        found=_plain(evaluation.description or "failed"),
        harm=str(metadata.get("description") or ""),
        rows=tuple(_plain(row) for row in rows_as_text(str(sample), limit=SHOWN_ROWS)) if sample else (),
        remedy=_plain(str(metadata.get("remedy") or "")),
        runbook=str(metadata.get("runbook") or ""),
    )


def _lines(finding: Finding) -> Iterator[str]:
    yield f"{'FAILED' if finding.is_critical else 'warned'}  {finding.title}"
    yield f"  found:   {finding.found}"
    if finding.harm:
        yield f"  matters: {finding.harm}"
    for row in finding.rows:
        yield f"  row:     {row}"
    if finding.remedy:
        yield f"  do:      {finding.remedy}"
    if finding.runbook:
        yield f"  runbook: {finding.runbook}"


def _kept_lines(published: Report) -> Iterator[str]:
    yield _plain(published.headline())
    for because, marts in published.causes():
        yield from ("", f"KEPT BACK  {', '.join(marts)}", f"  because: {_plain(str(because))}")
        yield from (f"  owner:   {_plain(because.owner)}", f"  do:      {_plain(because.remedy)}")


def _root_cause(error: "SerializableErrorInfo | None") -> str:
    while error is not None and error.cause is not None:
        error = error.cause
    return error.message.strip() if error else "failed"


def _plain(text: str) -> str:
    """Text that no chat or mail program reads as a tag or as a call to everyone."""
    text = text.replace("<", "(").replace(">", ")")
    return re.sub(r"@(?=(everyone|here|channel|all)\b)", "@ ", text, flags=re.I)
