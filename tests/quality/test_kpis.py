"""The scorecard's suite and the checks that guard KPIs: each KPI has one, judged by the target of the night's day."""

import csv
from datetime import date

import pytest

from orchestration import contracts
from orchestration.quality import suites
from orchestration.settings import SEEDS, current


def _rows(seed: str) -> list[dict[str, str]]:
    with (SEEDS / f"{seed}.csv").open(newline="") as lines:
        return list(csv.DictReader(lines))


def test_every_kpi_with_a_target_is_guarded_by_a_check_that_is_there() -> None:
    checks = {f"{suite.asset_key[-1]}.{check.name}" for suite in suites.load() for check in suite.checks}
    targeted = {row["kpi"] for row in _rows("kpi_targets")}
    guards = {row["kpi"]: row["guarding_check"] for row in _rows("kpis")}
    assert targeted <= set(guards)
    assert {kpi: check for kpi, check in guards.items() if kpi in targeted and check not in checks} == {}
    assert {check for check in guards.values() if check} <= checks


@pytest.mark.parametrize(
    ("as_of", "zone", "expected"),
    [
        ("2025-12-31T12:00:00", "UTC", 1600000),
        ("2026-01-01T12:00:00", "UTC", 3300000),
        ("2025-12-31T20:00:00", "Asia/Tokyo", 3300000),
    ],
)
def test_suites_read_the_target_of_the_nights_day_where_it_is_reported(
    monkeypatch: pytest.MonkeyPatch, as_of: str, zone: str, expected: float
) -> None:
    monkeypatch.setattr(contracts, "policy", lambda: {"reporting_timezone": zone})
    monkeypatch.setenv("TOUCHSTONE_AS_OF", as_of)
    current.cache_clear()
    suites.read_parameters.cache_clear()
    try:
        assert current().as_of.date() == date.fromisoformat(as_of[:10])
        assert suites.read_parameters()["kpi.revenue_won.warn"] == expected
    finally:
        monkeypatch.undo()
        current.cache_clear()
        suites.read_parameters.cache_clear()


def test_a_check_may_have_an_owner_of_its_own() -> None:
    (suite,) = (suite for suite in suites.load() if suite.name == "fct_kpis")
    owners = {check.name: check.owner.id for check in suite.checks}
    assert owners["has_rows"] == suite.owner.id == "marketing_operations"
    assert owners["revenue_on_plan"] == "revenue_operations"
