"""Check evaluations of a run -> rows of `fct_check_results`."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

import dagster as dg

from orchestration.ingestion.ledger import digest
from orchestration.publication import report
from orchestration.publication.nights import CheckResult
from orchestration.quality.display import safe
from orchestration.quality.tally import kind

if TYPE_CHECKING:
    from dagster._core.definitions.asset_checks.asset_check_evaluation import AssetCheckEvaluation


def results(outcomes: "Iterable[AssetCheckEvaluation]", *, run_id: str, as_of: datetime) -> list[CheckResult]:
    """What each check of the run `run_id` found; `as_of` is UTC without a zone. Names nobody."""
    return [_result(outcome, run_id, as_of) for outcome in outcomes if not report.is_report(outcome)]


def _result(outcome: "AssetCheckEvaluation", run_id: str, as_of: datetime) -> CheckResult:
    told = {name: entry.value for name, entry in outcome.metadata.items()}
    asset = outcome.asset_key.to_user_string()
    is_critical = outcome.severity == dg.AssetCheckSeverity.ERROR
    # A data test of dbt finds rows, and is asked for none.
    failed_rows = told.get("failed_rows")
    return CheckResult(
        check_result_id=digest(run_id, asset, outcome.check_name),
        run_id=run_id,
        as_of=as_of,
        asset=asset,
        table_name=outcome.asset_key.path[-1],
        check_name=outcome.check_name,
        check_status=kind(outcome),
        severity=str(told.get("severity") or ("critical" if is_critical else "warning")),
        observed=_text(told.get("observed") if failed_rows is None else f"{failed_rows} rows"),
        expected=_text(told.get("expected") if failed_rows is None else "0 rows"),
        finding=_text(safe(outcome.description)),
        meaning=_text(told.get("description")),
        owner=_text(told.get("owner")),
        remedy=_text(told.get("remedy")),
        runbook=_text(told.get("runbook")),
    )


def _text(value: Any) -> str | None:
    return None if value in (None, "") else str(value)
