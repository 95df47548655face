"""Asset checks from the suites: one step per suite, one check per expectation."""

from collections.abc import Callable, Iterator, Sequence

import dagster as dg

from orchestration import contracts
from orchestration.quality import suites
from orchestration.quality.connections import connect
from orchestration.quality.display import markdown_table, safe
from orchestration.quality.evaluation import Outcome, evaluate
from orchestration.quality.suites import Check, Suite
from orchestration.settings import EXPECTATIONS, current

LISTED_VALUES = 20


def build_checks(*, asset_key: Callable[[Sequence[str]], dg.AssetKey] = dg.AssetKey) -> list[dg.AssetChecksDefinition]:
    """The checks of every suite; `asset_key` maps a suite's `meta.asset_key` to the asset it judges.

    Raises ValueError naming file, check and remedy when a suite is malformed.
    """
    return [build_check(suite, asset_key=asset_key(suite.asset_key)) for suite in suites.load(EXPECTATIONS)]


def build_check(suite: Suite, *, asset_key: dg.AssetKey) -> dg.AssetChecksDefinition:
    """One step that judges `suite`; its critical failures, and what could not be evaluated, stop what is downstream."""

    @dg.multi_asset_check(
        name=f"check_{suite.file.split('/')[0]}_{suite.name}",
        description=suite.description,
        specs=[
            dg.AssetCheckSpec(
                name=check.name,
                asset=asset_key,
                description=check.description,
                blocking=suite.is_blocking,
                metadata={"owner": suite.owner.name, "severity": check.severity, "suite": f"expectations/{suite.file}"},
            )
            for check in suite.checks
        ],
        pool=None if suite.is_raw else "duckdb",
    )
    def judge(context: dg.AssetCheckExecutionContext) -> Iterator[dg.AssetCheckResult]:
        settings = current()
        landing = settings.landing or str(settings.demo / "landing")
        with connect(suite, settings) as connection:
            outcomes = evaluate(suite, connection, as_of=settings.as_of.replace(tzinfo=None), landing=landing)
        context.log.info(_step_summary(outcomes))
        for outcome in outcomes:
            yield result(suite, outcome, asset_key=asset_key)

    return judge


def result(suite: Suite, outcome: Outcome, *, asset_key: dg.AssetKey) -> dg.AssetCheckResult:
    """The outcome as Dagster shows it: what, how bad, who, which rows, what to do."""
    check = outcome.check
    is_error = outcome.is_broken or check.severity == "critical"
    return dg.AssetCheckResult(
        asset_key=asset_key,
        check_name=check.name,
        passed=outcome.passed,
        severity=dg.AssetCheckSeverity.ERROR if is_error else dg.AssetCheckSeverity.WARN,
        description=summary(outcome),
        metadata={
            "severity": check.severity,
            "description": check.description,
            "observed": safe(outcome.observed),
            "expected": expected(check),
            "rows_examined": outcome.rows_examined,
            "no_data": outcome.no_data is not None,
            "owner": f"{suite.owner.name} <{suite.owner.contact}>",
            "remedy": outcome.remedy or check.remedy,
            "runbook": suite.owner.runbook,
            "suite": f"expectations/{suite.file}",
            **({"sample": dg.MetadataValue.md(_sample(suite, outcome))} if outcome.sample else {}),
        },
    )


def _step_summary(outcomes: Sequence[Outcome]) -> str:
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
    observed = safe(outcome.observed) or "null"
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
        return f"{low:g} to {high:g}"
    if high is not None:
        return f"at most {high:g}"
    if low is not None:
        return f"at least {low:g}"
    if "regex" in kwargs:
        return f"text like {kwargs['regex']}"
    return check.type.removeprefix("expect_").replace("_", " ")


def _sample(suite: Suite, outcome: Outcome) -> str:
    return markdown_table(outcome.sample_columns, outcome.sample, pii=pii_columns(suite))


def pii_columns(suite: Suite) -> frozenset[str]:
    """Columns that name people, by the contract of a raw suite's table; marts hold none."""
    if not suite.is_raw:
        return frozenset()
    system, table = suite.asset_key
    return frozenset(column.name for column in contracts.load()[system, table].columns if column.is_pii)
