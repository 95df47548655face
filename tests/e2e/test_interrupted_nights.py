"""A night that dies anywhere leaves nothing half-visible, and the next one gives what an undisturbed one gives."""

from pathlib import Path

import pytest

from orchestration.demo.simulation import simulate
from tests.e2e.nights import Night

pytestmark = [pytest.mark.slow, pytest.mark.long]

# Ten points along a night, by the step that has just reported: while listing, loading, gating, building, publishing.
POINTS = (
    "Preparing",
    "landing ",
    "ingest_ga4",
    "ingest_marketo",
    "ingest_salesforce",
    "gate ga4/events",
    "gate marketo/leads",
    "gate salesforce/user",
    "models and seeds",
    "audit fct_touchpoints",
)


@pytest.fixture(scope="module")
def landing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Extracts of a company of 300 people."""
    company = tmp_path_factory.mktemp("company")
    simulate(size=300, seed=11, out=company)
    return company / "landing"


@pytest.fixture(scope="module")
def undisturbed(landing: Path, tmp_path_factory: pytest.TempPathFactory) -> Night:
    night = Night(landing=landing, home=tmp_path_factory.mktemp("undisturbed"))
    finished = night.run()
    assert finished.returncode == 0, finished.stdout + finished.stderr
    return night


def test_a_night_killed_at_ten_points_then_run_again_gives_the_same_content(undisturbed: Night, tmp_path: Path) -> None:
    night = Night(landing=undisturbed.landing, home=tmp_path)
    for point in POINTS:
        assert night.run_until(point), f"the night never reached {point!r}"
        assert not (night.home / "published").exists()
    finished = night.run()
    assert finished.returncode == 0, finished.stdout + finished.stderr
    assert night.contents() == undisturbed.contents()


def test_running_twice_changes_nothing(undisturbed: Night) -> None:
    before = undisturbed.contents()
    finished = undisturbed.run()
    assert finished.returncode == 0, finished.stdout + finished.stderr
    assert undisturbed.contents() == before
