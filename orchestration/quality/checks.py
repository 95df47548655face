"""Asset checks from the suites: one check per expectation, and what a failed one stops."""

import math
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

import dagster as dg
import duckdb

from orchestration import contracts
from orchestration.lineage import Failure
from orchestration.quality.absence import without_unbuilt
from orchestration.quality.connections import connect
from orchestration.quality.display import markdown_rows, safe
from orchestration.quality.evaluation import evaluate
from orchestration.quality.outcomes import Outcome, unevaluated
from orchestration.quality.runbooks import first_look, link
from orchestration.quality.suites import Check, Suite
from orchestration.settings import Settings

LISTED_VALUES = 20


def build_specs(suites: Iterable[Suite]) -> list[dg.AssetCheckSpec]:
    """One spec per check. None blocks: Dagster would stop all steps behind it, and a failure stops what reads it."""
    return [
        dg.AssetCheckSpec(
            name=check.name,
            asset=dg.AssetKey(suite.asset_key),
            description=f"{'Blocks' if check.severity == 'critical' else 'Warns'}: {check.description}",
            metadata={
                "owner": check.owner.name,
                "severity": check.severity,
                "suite": _place(suite, check),
                **({"holds_back": ", ".join(check.holds_back)} if check.holds_back else {}),
            },
        )
        for suite in suites
        for check in suite.checks
    ]


def judge(suite: Suite, settings: Settings, *, unbuilt: Collection[str] = ()) -> list[Outcome]:
    """How each check of `suite` ended; where its SQL does not run, none could be evaluated.

    `unbuilt` are the marts that this run did not build. Raises ValueError naming file and check when Great
    Expectations does not know an expectation.
    """
    last = settings.published_database if settings.published_database.exists() else None
    as_of = settings.as_of.replace(tzinfo=None)
    judged, left_out = without_unbuilt(suite, unbuilt, as_of=as_of)
    if not judged.checks:
        return list(left_out.values())
    try:
        with connect(suite, settings, last=last) as connection:
            outcomes = evaluate(judged, connection, as_of=as_of, landing=settings.landing, last=last)
    except duckdb.Error as error:
        return unevaluated(suite, f"could not be evaluated: {error}", remedy="Correct the suite or its query.")
    ended = {outcome.check.name: outcome for outcome in outcomes} | left_out
    return [ended[check.name] for check in suite.checks]


def stopping(suite: Suite, outcomes: Iterable[Outcome]) -> Failure | None:
    """What stops everything that reads the suite's table: its first critical failure, None when there is none."""
    return next((_failure(suite, outcome) for outcome in _red(outcomes) if not outcome.check.holds_back), None)


def held_back(suite: Suite, outcomes: Iterable[Outcome]) -> dict[str, Failure]:
    """Marts that critical failures keep from publication by name, and why; what reads them goes its own way."""
    return {mart: _failure(suite, outcome) for outcome in _red(outcomes) for mart in outcome.check.holds_back}


def _red(outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
    return (outcome for outcome in outcomes if not outcome.passed and is_critical(outcome))


def _failure(suite: Suite, outcome: Outcome) -> Failure:
    return Failure(
        name=f"{'/'.join(suite.asset_key)} {outcome.check.name}",
        found=summary(outcome),
        owner=_contact(outcome.check),
        remedy=outcome.remedy or outcome.check.remedy,
    )


def is_critical(outcome: Outcome) -> bool:
    """Whether a failure is an error: what could not be evaluated is one, whatever its severity."""
    return outcome.is_broken or outcome.check.severity == "critical"


def result(suite: Suite, outcome: Outcome) -> dg.AssetCheckResult:
    """The outcome as Dagster shows it: who, what to do, what, which rows.

    What had nothing to judge is no green check: it is shown as a warning, and counted as neither.
    """
    check = outcome.check
    is_unjudged = outcome.passed and outcome.no_data is not None
    return dg.AssetCheckResult(
        asset_key=dg.AssetKey(suite.asset_key),
        check_name=check.name,
        passed=outcome.passed and not is_unjudged,
        severity=dg.AssetCheckSeverity.WARN if is_unjudged or not is_critical(outcome) else dg.AssetCheckSeverity.ERROR,
        description=summary(outcome),
        metadata={
            "owner": _contact(check),
            "remedy": outcome.remedy or check.remedy,
            "description": check.description,
            "observed": _figure(outcome.check, outcome.observed),
            "expected": expected(check),
            **({"sample": dg.MetadataValue.md(_sample(suite, outcome))} if outcome.sample else {}),
            "severity": check.severity,
            "rows_examined": outcome.rows_examined,
            "no_data": is_unjudged,
            **first_look(check.owner.runbook, check.name),
            "runbook": link(check.owner.runbook),
            "suite": _place(suite, check),
        },
    )


def in_one_line(outcomes: Sequence[Outcome]) -> str:
    """`9 checks, not passed: fresh`, or why there was nothing to judge."""
    judged = [outcome for outcome in outcomes if not outcome.no_data]
    failed = [outcome.check.name for outcome in outcomes if not outcome.passed]
    text = f"{len(judged)} checks" if judged else f"{outcomes[0].no_data}"
    return f"{text}, not passed: {', '.join(failed)}" if failed else text


def summary(outcome: Outcome) -> str:
    """One line: what was found against what was expected; a check with nothing to judge says so instead."""
    if outcome.no_data:
        return safe(outcome.finding or outcome.no_data)
    if outcome.is_broken:
        return safe(outcome.finding)
    observed = _figure(outcome.check, outcome.observed) or "null"
    found = safe(outcome.finding) or f"{outcome.check.metric} is {observed}"
    return f"{found}; expected {expected(outcome.check)}"


def expected(check: Check) -> str:
    """What the expectation asks for, in words; the first values of a long set."""
    kwargs = check.kwargs
    low, high = kwargs.get("min_value"), kwargs.get("max_value")
    if "value_set" in kwargs:
        values = [str(value) for value in kwargs["value_set"]]
        more = f" and {len(values) - LISTED_VALUES} more" if len(values) > LISTED_VALUES else ""
        return f"one of {', '.join(values[:LISTED_VALUES])}{more}"
    if low is not None and high is not None:
        return f"{_figure(check, low)} to {_figure(check, high)}"
    if high is not None:
        return f"at most {_figure(check, high)}"
    if low is not None:
        return f"at least {_figure(check, low)}"
    if "regex" in kwargs:
        return f"text like {kwargs['regex']}"
    return check.type.removeprefix("expect_").replace("_", " ")


def _figure(check: Check, value: Any) -> str:
    """A value of the check's metric as people read it: shares and rates in percent."""
    if isinstance(value, int | float) and not isinstance(value, bool) and check.metric.endswith(("_share", "_rate")):
        return f"{100 * value:.3g} %"
    if isinstance(value, float) and not math.isnan(value):
        return f"{value:.3g}" if abs(value) < 100 else f"{value:.0f}"
    return safe(value)


def _place(suite: Suite, check: Check) -> str:
    """Where the expectation stands."""
    return f"expectations/{suite.file}, line {check.line}"


def _contact(check: Check) -> str:
    return f"{check.owner.name} <{check.owner.contact}>"


def _sample(suite: Suite, outcome: Outcome) -> str:
    return markdown_rows(outcome.sample_columns, outcome.sample, pii=pii_columns(suite))


def pii_columns(suite: Suite) -> frozenset[str]:
    """Columns that name people, by the contract of a raw suite's table; marts hold none."""
    if not suite.is_raw:
        return frozenset()
    system, table = suite.asset_key
    return frozenset(column.name for column in contracts.load()[system, table].columns if column.is_pii)
