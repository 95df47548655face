"""Failed checks -> people: one digest per run, sent to the configured channels."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import dagster as dg

from orchestration.digest import Digest, Finding, plain, read_digest
from orchestration.policy.findings import Finding as Fault
from orchestration.policy.findings import listed
from orchestration.publication.report import Report
from orchestration.settings import current

if TYPE_CHECKING:
    import apprise

SENT = "touchstone/alerted"
SHOWN_FINDINGS = 25


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
    is_complete = digest.published is None or digest.published.is_complete
    if digest.is_success and not digest.findings and is_complete:
        return False
    notify(urls, title=digest.title, body=body(digest))
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
        notify(urls, title=title, body=plain("\n".join(listed(findings))))
    except (ValueError, RuntimeError) as error:
        return f"Not everybody was alerted: {error}"
    return None


def body(digest: Digest) -> str:
    """Plain text, grouped by owner, the worst first; values from extracts are masked and hold no markup."""
    ordered = sorted(digest.findings, key=lambda finding: (not finding.is_critical, finding.owner, finding.title))
    shown = ordered[:SHOWN_FINDINGS]
    lines: list[str] = (
        [*_kept_lines(digest.published), ""] if digest.published and not digest.published.is_complete else []
    )
    for owner in dict.fromkeys(finding.owner for finding in shown):
        lines += [f"For {owner}", ""]
        for finding in (finding for finding in shown if finding.owner == owner):
            lines += [*_lines(finding), ""]
    if len(ordered) > len(shown):
        lines += [f"And {len(ordered) - len(shown)} more; see the run.", ""]
    if digest.missing:
        lines += [f"Nothing to judge, no extract yet: {', '.join(digest.missing)}", ""]
    return "\n".join([*lines, f"Run {digest.run_id}"])


def notify(urls: Sequence[str], *, title: str, body: str) -> None:
    """Send to every apprise URL; raises ValueError for a URL that is none, RuntimeError when a channel refused.

    Neither names the URL, for it holds secrets.
    """
    if not channels(urls).notify(title=title, body=body, body_format="text"):
        raise RuntimeError(
            f"the digest did not reach every channel of TOUCHSTONE_ALERT_URLS ({len(urls)} configured); "
            f"check each URL's token and the network"
        )


def channels(urls: Sequence[str]) -> "apprise.Apprise":
    """Where alerts go; raises ValueError, without the URL, for one that is none."""
    import apprise

    found = apprise.Apprise()
    for position, url in enumerate(urls, start=1):
        if not found.add(url):
            raise ValueError(
                f"TOUCHSTONE_ALERT_URLS: entry {position} is no apprise URL; write it as slack://... or mailto://..."
            )
    return found


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
    yield plain(published.headline())
    for because, marts in published.causes():
        yield from ("", f"KEPT BACK  {', '.join(marts)}", f"  because: {plain(str(because))}")
        yield from (f"  owner:   {plain(because.owner)}", f"  do:      {plain(because.remedy)}")
