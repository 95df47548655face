"""How a run's checks came out, counted once for the summary and for the publication."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import dagster as dg
from dagster import DagsterEventType

if TYPE_CHECKING:
    from dagster._core.definitions.asset_checks.asset_check_evaluation import AssetCheckEvaluation


@dataclass(frozen=True)
class Tally:
    """Checks by outcome; `no_data` had nothing to judge and are neither passed nor failed."""

    passed: int = 0
    warned: int = 0
    failed: int = 0
    no_data: int = 0

    @property
    def total(self) -> int:
        """All checks."""
        return self.passed + self.warned + self.failed + self.no_data

    def __str__(self) -> str:
        counts = f"{self.passed} passed, {self.warned} warned, {self.failed} failed"
        return f"{counts}, {self.no_data} had no data" if self.no_data else counts


def evaluations(instance: dg.DagsterInstance, run_id: str) -> "list[AssetCheckEvaluation]":
    """The evaluation of each check of a run, in order; of a step that was tried again, the last."""
    kind = DagsterEventType.ASSET_CHECK_EVALUATION
    found = [event.asset_check_evaluation_data for event in events(instance, run_id, kind)]
    return list({evaluation.asset_check_key: evaluation for evaluation in found}.values())


def events(instance: dg.DagsterInstance, run_id: str, kind: DagsterEventType) -> Iterator[dg.DagsterEvent]:
    """Every event of one kind of a run, in order."""
    cursor, has_more = None, True
    while has_more:
        page = instance.get_records_for_run(run_id, cursor=cursor, of_type=kind)
        yield from (record.event_log_entry.dagster_event for record in page.records)
        cursor, has_more = page.cursor, page.has_more


def tally(outcomes: "Iterable[AssetCheckEvaluation]") -> Tally:
    """Count `outcomes`."""
    counts = dict.fromkeys(("passed", "warned", "failed", "no_data"), 0)
    for outcome in outcomes:
        counts[kind(outcome)] += 1
    return Tally(**counts)


def had_no_data(outcome: "AssetCheckEvaluation") -> bool:
    """Whether a check had nothing to judge: it neither passed nor failed, whatever Dagster shows."""
    no_data = outcome.metadata.get("no_data")
    return no_data is not None and bool(no_data.value)


def kind(outcome: "AssetCheckEvaluation") -> str:
    """passed, warned, failed or no_data."""
    if had_no_data(outcome):
        return "no_data"
    if outcome.passed:
        return "passed"
    return "failed" if outcome.severity == dg.AssetCheckSeverity.ERROR else "warned"
