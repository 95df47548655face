"""What a run published and what it kept back, in words: read from the run by the summary and the alerts alike."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import dagster as dg

from orchestration.lineage import Failure
from orchestration.publication.publishing import Publication

if TYPE_CHECKING:
    from dagster._core.definitions.asset_checks.asset_check_evaluation import AssetCheckEvaluation

PUBLISHED = dg.AssetKey(["published"])
CHECK = "every_mart_is_fresh"
NAMED = 3


@dataclass(frozen=True)
class Kept:
    """A mart that this run did not renew; `as_of` is the day of its last published table, None where there is none."""

    mart: str
    as_of: str | None
    because: Failure


@dataclass(frozen=True)
class Unreached:
    """A target that still shows the publication before, and why."""

    target: str
    because: str


@dataclass(frozen=True)
class Report:
    """Marts of the project, and those kept back; `company` describes a simulated company, None where it is real."""

    mart_count: int
    kept: tuple[Kept, ...]
    company: str | None = None
    unreached: Unreached | None = None
    replay: str | None = None

    @property
    def is_complete(self) -> bool:
        """Whether every mart is of this run, in every target."""
        return not self.kept and self.unreached is None

    def headline(self) -> str:
        """`Published 41 of 43 marts; kept yesterday's: fct_x (because marts/fct_x credit_conserved: ...)`."""
        old = [kept for kept in self.kept if kept.as_of]
        absent = [kept for kept in self.kept if not kept.as_of]
        text = f"Published {self.mart_count - len(self.kept)} of {self.mart_count} marts"
        if self.replay:
            text += f" as a replay beside the current publication, in {self.replay},"
        if self.company:
            text += f" of a SIMULATED company ({self.company})"
        for words, marts in (("kept yesterday's", old), ("never published yet", absent)):
            if marts:
                text += f"; {words}: {_named(marts)} (because {_reasons(marts)})"
        if self.unreached:
            text += f"; {self.unreached.target} still shows the publication before ({self.unreached.because})"
        return text

    def causes(self) -> Iterator[tuple[Failure, list[str]]]:
        """Each failure once, with the marts it keeps back and the day that each of them shows."""
        for because in dict.fromkeys(kept.because for kept in self.kept):
            marts = [kept for kept in self.kept if kept.because == because]
            yield because, [f"{kept.mart} ({f'as of {kept.as_of}' if kept.as_of else 'absent'})" for kept in marts]


def result(publication: Publication, *, unreached: Unreached | None = None) -> dg.AssetCheckResult:
    """The check on `published` that carries the report: failed when anything was kept back or a target not reached."""
    kept = [
        Kept(mart.mart, str(mart.as_of.date()) if mart.as_of else None, mart.because)
        for mart in publication.marts
        if mart.because
    ]
    report = Report(
        len(publication.marts), tuple(kept), publication.company, unreached, str(publication.replay or "") or None
    )
    listed = [{"mart": k.mart, "as_of": k.as_of, "because": vars(k.because)} for k in kept]
    return dg.AssetCheckResult(
        check_name=CHECK,
        passed=report.is_complete,
        severity=dg.AssetCheckSeverity.ERROR,
        description=report.headline(),
        metadata={
            "marts": report.mart_count,
            "kept": dg.MetadataValue.json(listed),
            "simulated_company": report.company or "",
            "replay": report.replay or "",
            "unreached": dg.MetadataValue.json(vars(unreached) if unreached else {}),
        },
    )


def read(outcomes: "Iterable[AssetCheckEvaluation]") -> Report | None:
    """The report among a run's check evaluations; None when the run did not come to publish."""
    for outcome in outcomes:
        if is_report(outcome):
            kept, unreached = _json(outcome, "kept"), _json(outcome, "unreached")
            return Report(
                mart_count=int(outcome.metadata["marts"].value),
                kept=tuple(Kept(k["mart"], k["as_of"], Failure(**k["because"])) for k in kept),
                company=str(outcome.metadata["simulated_company"].value) or None,
                unreached=Unreached(**unreached) if unreached else None,
                replay=str(outcome.metadata["replay"].value) or None,
            )
    return None


def is_report(outcome: "AssetCheckEvaluation") -> bool:
    """Whether an evaluation is the report, which judges no data itself."""
    return outcome.asset_key == PUBLISHED and outcome.check_name == CHECK


def _json(outcome: "AssetCheckEvaluation", name: str) -> Any:
    value = outcome.metadata[name].value
    return json.loads(value) if isinstance(value, str) else value


def _named(marts: list[Kept]) -> str:
    names = ", ".join(kept.mart for kept in marts[:NAMED])
    return f"{names} and {len(marts) - NAMED} more" if len(marts) > NAMED else names


def _reasons(marts: list[Kept]) -> str:
    others = len({kept.because for kept in marts}) - 1
    return f"{marts[0].because}{f'; and {others} more causes' if others else ''}"
