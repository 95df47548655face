"""The night on one screen, the worst last, beside the prompt; and its details on request."""

from collections.abc import Iterator, Sequence
from typing import Literal

import dagster as dg

from orchestration.automation import NIGHTLY
from orchestration.digest import Digest, Finding, read_digest
from orchestration.publication.report import Report

# Lines for findings: with the table above and the outcome below them they fill one screen.
MOST_FINDINGS = 24
WIDTH = 150
MOST_MARTS = 5

Age = Literal["new", "known", ""]


def previous(instance: dg.DagsterInstance, run_id: str) -> Digest | None:
    """What the night before `run_id` had to say; None where no night before judged anything."""
    for run in instance.get_runs(dg.RunsFilter(job_name=NIGHTLY), limit=20):
        if run.run_id != run_id and run.is_finished:
            digest = read_digest(instance, run)
            if digest.checks.total:
                return digest
    return None


def lines(digest: Digest, before: Digest | None) -> Iterator[str]:
    """Counts, then each finding in one line below its owner, then what cleared; what failed comes last."""
    known = {finding.title for finding in before.findings} if before else set()
    titles = {finding.title for finding in digest.findings}
    cleared = sorted(known - titles)
    since = ""
    if before:
        new = len(titles - known)
        since = f"; since the night before {new} new, {len(titles) - new} known, {len(cleared)} cleared"
    yield f"Checks: {digest.checks}{since}"
    if cleared:
        yield f"  cleared  {', '.join(cleared)}"[:WIDTH]
    aged = [(finding, _age(finding, known, before)) for finding in digest.findings]
    shown = sorted(aged, key=lambda pair: (pair[0].is_critical, pair[1] != "known"), reverse=True)[:MOST_FINDINGS]
    if len(shown) < len(aged):
        yield f"  {len(aged) - len(shown)} known warnings more: `.venv/bin/touchstone report`"
    of_owner: dict[str, list[tuple[Finding, Age]]] = {}
    for pair in reversed(shown):
        of_owner.setdefault(pair[0].owner, []).append(pair)
    # An owner with a failure comes after those without.
    for owner, findings in sorted(of_owner.items(), key=lambda item: any(f.is_critical for f, _ in item[1])):
        yield f"For {owner}"
        yield from (_line(finding, age) for finding, age in findings)


def outcome(digest: Digest, *, has_published_before: bool) -> Iterator[str]:
    """What was published and kept back, or why nothing was, and the next thing to do."""
    published = digest.published
    if published is None or not digest.is_success:
        kept = "the marts published last stay in place" if has_published_before else "nothing was published"
        yield f"Failed; {kept}."
        for step in (finding for finding in digest.findings if finding.title.startswith("step ")):
            yield f"  {step.title}: {step.found}"[: 2 * WIDTH]
    else:
        yield f"{published.headline()}."
        yield from _kept(published)
    worst = next((f for f in sorted(digest.findings, key=lambda f: not f.is_critical) if f.remedy), None)
    if worst and (worst.is_critical or published is None or published.is_complete):
        yield f"Next: {worst.owner}, {worst.title}: {worst.remedy}"[: 2 * WIDTH]


def details(findings: Sequence[Finding]) -> Iterator[str]:
    """Everything about each finding, the worst first."""
    for finding in sorted(findings, key=lambda finding: not finding.is_critical):
        yield f"  {'FAILED' if finding.is_critical else 'warned'}  {finding.title}"
        yield f"          {finding.found}"
        if finding.harm:
            yield f"          matters: {finding.harm}"
        yield from (f"          row: {row}" for row in finding.rows)
        for name in ("owner", "remedy", "runbook"):
            if getattr(finding, name):
                yield f"          {name}: {getattr(finding, name)}"


def _age(finding: Finding, known: set[str], before: Digest | None) -> Age:
    if before is None:
        return ""
    return "known" if finding.title in known else "new"


def _line(finding: Finding, age: Age) -> str:
    mark = "FAILED" if finding.is_critical else "warned"
    found, *expected = finding.found.split("; expected ", maxsplit=1)
    row = f" ({finding.rows[0]})" if finding.rows else ""
    told = "; expected ".join([found + row, *expected])
    return f"  {mark}  {f'{age:<5}  ' if age else ''}{finding.title}  {told}"[:WIDTH]


def _kept(published: Report) -> Iterator[str]:
    for because, marts in published.causes():
        more = f" and {len(marts) - MOST_MARTS} more" if len(marts) > MOST_MARTS else ""
        yield f"  KEPT    {', '.join(marts[:MOST_MARTS])}{more}"
        yield f"          because {because}"
        yield f"          owner: {because.owner}"
        yield f"          remedy: {because.remedy}"
