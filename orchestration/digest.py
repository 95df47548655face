"""What a run has to say, read from its check evaluations and failed steps: for the summary and the alerts alike."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import dagster as dg
from dagster import DagsterEventType

from orchestration.policy.findings import PolicyError
from orchestration.publication import report
from orchestration.publication.report import Report
from orchestration.quality.absence import NOT_YET
from orchestration.quality.display import mask, rows_as_text
from orchestration.quality.tally import Tally, evaluations, events, had_no_data, tally

if TYPE_CHECKING:
    from dagster._core.definitions.asset_checks.asset_check_evaluation import AssetCheckEvaluation
    from dagster._utils.error import SerializableErrorInfo

SHOWN_ROWS = 3
# Whose step broke, who answers for a night that did not begin, and how that is titled.
DATA_ENGINEERING = "Data Engineering"
EDITOR = "Whoever edited the policy"
POLICY = "run"


@dataclass(frozen=True)
class Finding:
    """One failed check or step: who repairs it, what broke, which rows, what to do.

    `asset` and `check` say which check it is; of a step both are empty.
    """

    owner: str
    title: str
    is_critical: bool
    found: str
    harm: str = ""
    rows: tuple[str, ...] = ()
    remedy: str = ""
    runbook: str = ""
    asset: str = ""
    check: str = ""


@dataclass(frozen=True)
class Digest:
    """What one run has to say.

    `published` is None when it published nothing; `missing` names the tables that had no extract; `passed` are titles
    of checks that passed and steps that ended well, as they would be titled among the findings.
    """

    run_id: str
    is_success: bool
    findings: tuple[Finding, ...]
    missing: tuple[str, ...]
    checks: Tally
    published: Report | None = None
    passed: frozenset[str] = frozenset()

    @property
    def title(self) -> str:
        """`Touchstone: published 41 of 43 marts, 1 failed, 2 warned`; a simulated company's says so."""
        failed = sum(finding.is_critical for finding in self.findings)
        counts = f"{failed} failed, {len(self.findings) - failed} warned"
        if self.published is None:
            return f"Touchstone: nothing was published, {counts}"
        total = self.published.mart_count
        whose = "Touchstone (SIMULATED company)" if self.published.company else "Touchstone"
        return f"{whose}: published {total - len(self.published.kept)} of {total} marts, {counts}"


def read_digest(instance: dg.DagsterInstance, run: dg.DagsterRun) -> Digest:
    """What the check evaluations and failed steps of `run` say."""
    outcomes = evaluations(instance, run.run_id)
    judged = [outcome for outcome in outcomes if not report.is_report(outcome)]
    failures = [
        Finding(
            owner=DATA_ENGINEERING,
            title=f"step {event.step_key}",
            is_critical=True,
            found=plain(mask(_root_cause(event.step_failure_data.error))),
            remedy="Read the step's log in the run.",
        )
        for event in events(instance, run.run_id, DagsterEventType.STEP_FAILURE)
    ]
    failures += [
        Finding(EDITOR, POLICY, is_critical=True, found=plain(mask(_root_cause(failed))))
        for event in events(instance, run.run_id, DagsterEventType.RUN_FAILURE)
        # A run that was closed because its process died has no data of its failure.
        if event.event_specific_data
        and (failed := event.job_failure_data.error)
        and failed.cls_name == PolicyError.__name__
    ]
    missing = {
        evaluation.asset_key.to_user_string()
        for evaluation in judged
        if had_no_data(evaluation) and (evaluation.description or "").startswith(NOT_YET)
    }
    return Digest(
        run_id=run.run_id,
        is_success=run.status == dg.DagsterRunStatus.SUCCESS,
        findings=tuple(
            [*failures, *(_finding(found) for found in judged if not found.passed and not had_no_data(found))]
        ),
        missing=tuple(sorted(missing)),
        checks=tally(judged),
        published=report.read(outcomes),
        passed=frozenset(
            [
                *(_title(found) for found in judged if found.passed and not had_no_data(found)),
                *(f"step {event.step_key}" for event in events(instance, run.run_id, DagsterEventType.STEP_SUCCESS)),
            ]
        ),
    )


def _finding(evaluation: "AssetCheckEvaluation") -> Finding:
    metadata = {name: entry.value for name, entry in evaluation.metadata.items()}
    sample = metadata.get("sample")
    return Finding(
        owner=str(metadata.get("owner") or DATA_ENGINEERING),
        title=_title(evaluation),
        is_critical=evaluation.severity == dg.AssetCheckSeverity.ERROR,
        found=plain(evaluation.description or "failed"),
        harm=str(metadata.get("description") or ""),
        rows=tuple(plain(row) for row in rows_as_text(str(sample), limit=SHOWN_ROWS)) if sample else (),
        remedy=plain(str(metadata.get("remedy") or "")),
        runbook=str(metadata.get("runbook") or ""),
        asset=evaluation.asset_key.to_user_string(),
        check=evaluation.check_name,
    )


def _title(evaluation: "AssetCheckEvaluation") -> str:
    return f"{evaluation.asset_key.to_user_string()}: {evaluation.check_name}"


def _root_cause(error: "SerializableErrorInfo | None") -> str:
    while error is not None and error.cause is not None:
        error = error.cause
    return error.message.strip() if error else "failed"


def plain(text: str) -> str:
    """Text that no chat or mail program reads as a tag or as a call to everyone."""
    text = text.replace("<", "(").replace(">", ")")
    return re.sub(r"@(?=(everyone|here|channel|all)\b)", "@ ", text, flags=re.I)
