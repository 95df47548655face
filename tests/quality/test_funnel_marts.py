from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import duckdb
import pytest

from orchestration.quality.evaluation import Outcome, evaluate
from orchestration.quality.suites import Suite
from tests.quality.conftest import AS_OF, Deliver, insert

Judge = Callable[[str], dict[str, Outcome]]
WEEK = date(2026, 1, 26)
MONTHS = (date(2025, 7, 1), date(2025, 8, 1), date(2025, 9, 1), date(2025, 10, 1))


@pytest.fixture
def judge(suite: Callable[[str], Suite], warehouse: duckdb.DuckDBPyConnection, deliver: Deliver) -> Judge:
    """Outcomes of a mart's suite by check, once leads have arrived."""
    deliver("marketo", "leads", {"id": 1})
    return lambda mart: {outcome.check.name: outcome for outcome in evaluate(suite(mart), warehouse, as_of=AS_OF)}


def weekly(warehouse: duckdb.DuckDBPyConnection, counts: dict[date, tuple[int, int]], **other: Any) -> None:
    """Weeks of one stage: first reaches, and how many of them skipped it."""
    key = {"funnel": "person", "period_type": "week", "breakdown": "all", "breakdown_value": "all", "stage": "mql"}
    rows = [
        {**key, **other, "period_start_date": week, "entity_count": reached, "skipped_count": skipped}
        for week, (reached, skipped) in counts.items()
    ]
    insert(warehouse, "marts.fct_funnel_counts", *rows)


def cohorts(warehouse: duckdb.DuckDBPyConnection, converted: dict[date, int], **other: Any) -> None:
    """Monthly cohorts of 100 MQLs by channel and together, with their SQLs."""
    key = {"funnel": "person", "period_type": "month", "from_stage": "mql", "to_stage": "sql", "cohort_count": 100}
    breakdowns = ({"breakdown": "all", "breakdown_value": "all"}, {"breakdown": "channel", "breakdown_value": "Email"})
    rows = [
        {**key, **breakdown, "is_mature": True, **other, "period_start_date": month, "converted_count": count}
        for month, count in converted.items()
        for breakdown in breakdowns
    ]
    insert(warehouse, "marts.fct_cohort_conversion", *rows)


def test_weeks_of_zeros_do_not_make_a_funnel_fresh(judge: Judge, warehouse: duckdb.DuckDBPyConnection) -> None:
    weekly(warehouse, {WEEK - timedelta(days=21): (5, 0), WEEK - timedelta(days=7): (0, 0), WEEK: (0, 0)})
    assert not judge("fct_funnel_counts")["fresh"].passed


def test_breakdowns_and_accounts_count_nobody_twice(judge: Judge, warehouse: duckdb.DuckDBPyConnection) -> None:
    weekly(warehouse, {WEEK: (10, 3)})
    weekly(warehouse, {WEEK: (10, 10)}, breakdown="channel", breakdown_value="Email")
    weekly(warehouse, {WEEK: (10, 10)}, funnel="account")
    outcomes = judge("fct_funnel_counts")
    assert outcomes["fresh"].passed
    assert outcomes["stages_stamped"].passed
    assert outcomes["stages_stamped"].observed == pytest.approx(0.3)


def test_only_the_newest_three_mature_months_are_judged(judge: Judge, warehouse: duckdb.DuckDBPyConnection) -> None:
    cohorts(warehouse, dict(zip(MONTHS, (90, 20, 20, 20), strict=True)))
    cohorts(warehouse, {date(2026, 1, 1): 90}, is_mature=False)
    outcome = judge("fct_cohort_conversion")["mql_to_sql_conversion"]
    assert not outcome.passed
    assert outcome.observed == pytest.approx(0.2)
    assert outcome.sample == (("Email", 300, 60, pytest.approx(0.2)),)


def test_young_cohorts_are_no_low_conversion(judge: Judge, warehouse: duckdb.DuckDBPyConnection) -> None:
    cohorts(warehouse, {MONTHS[-1]: 1}, is_mature=False)
    outcomes = judge("fct_cohort_conversion")
    assert outcomes["mql_to_sql_conversion"].no_data == "no mature cohort of MQLs"
    assert not outcomes["has_mature_cohort"].passed
