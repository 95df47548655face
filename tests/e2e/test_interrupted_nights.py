"""A night that dies anywhere leaves nothing half-visible, and the next one gives what an undisturbed one gives."""

import shutil
from pathlib import Path

import duckdb
import pytest

from orchestration.demo.simulation import simulate
from orchestration.settings import SIMULATED
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

# Marts of periods, and whether their rows say if they are mature, and complete: a sync has a day to carry the last one.
WITH_PERIODS = """
    select table_name, bool_or(column_name = 'is_mature'), bool_or(column_name = 'is_complete')
    from duckdb_columns()
    where database_name = 'touchstone' and schema_name = 'marts'
    group by table_name
    having bool_or(column_name = 'period_start_date')
    order by table_name
"""
CLOSED = """
    period_type <> 'all' and period_start_date + case period_type when 'week' then interval 7 day
    when 'month' then interval 1 month else interval 3 month end <= date '2026-07-01'
"""
FEWEST_MARTS_WITH_PERIODS = 10
# They also tell of whoever is still on the way, and for how long: that grows with each day.
OF_WHO_STILL_WAITS = {"fct_scoring_calibration", "fct_speed_to_lead_monthly", "fct_stage_velocity"}


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


def test_a_night_told_to_stop_ends_at_once_and_the_next_one_closes_those_that_died(
    undisturbed: Night, tmp_path: Path
) -> None:
    night = Night(landing=undisturbed.landing, home=tmp_path / "home")
    shutil.copytree(undisturbed.home, night.home, symlinks=True)
    shutil.rmtree(night.home / "dagster")
    status, said = night.stop_at("gate ga4/events", within=30)
    assert (status, "Stopped by SIGTERM; the marts published last stay in place." in said) == (143, True)
    assert night.contents() == undisturbed.contents()
    assert night.run_until("gate ga4/events")
    assert night.run_statuses() == ["CANCELED", "STARTED"]
    finished = night.run()
    assert finished.returncode == 0, finished.stdout + finished.stderr
    assert night.run_statuses() == ["CANCELED", "FAILURE", "SUCCESS"]
    assert night.contents() == undisturbed.contents()


def test_without_its_ledger_and_its_landing_a_lake_gives_the_same_content(undisturbed: Night, tmp_path: Path) -> None:
    night = Night(landing=tmp_path / "pruned", home=tmp_path / "home")
    night.landing.mkdir()
    shutil.copyfile(undisturbed.landing / SIMULATED, night.landing / SIMULATED)
    shutil.copytree(undisturbed.home, night.home, symlinks=True)
    shutil.rmtree(night.home / "lake" / "_ledger")
    finished = night.run()
    assert finished.returncode == 0, finished.stdout + finished.stderr
    assert "had no ledger; it was written again" in finished.stdout
    # That a file repeated what another had brought stood in the ledger alone, and is a defect of delivery.
    of_files = {"fct_load_ledger", "fct_detected_defects", "fct_defect_changes", "fct_defect_history"}
    before, after = undisturbed.contents(), night.contents()
    assert {mart: after[mart] for mart in after if mart not in of_files} == {
        mart: before[mart] for mart in before if mart not in of_files
    }
    brought = """
        select source_file, content_hash, loaded_row_count from fct_load_ledger where load_status = 'loaded'
        order by all
    """
    assert night.query(brought) == undisturbed.query(brought)


def test_a_batch_gone_from_the_lake_stops_what_reads_it_until_that_is_accepted(
    undisturbed: Night, tmp_path: Path
) -> None:
    night = Night(landing=undisturbed.landing, home=tmp_path / "home")
    shutil.copytree(undisturbed.home, night.home, symlinks=True)
    for folder in ("meta_ads/ad_insights", "_ledger/meta_ads/ad_insights"):
        shutil.rmtree(night.home / "lake" / folder)
    night = Night(landing=_without(undisturbed.landing, "meta_ads/ad_insights", tmp_path), home=night.home)
    finished = night.run()
    assert finished.returncode == 1
    states = dict(night.query("select mart, state from publication"))
    assert (states["fct_ad_spend"], states["fct_load_ledger"]) == ("carried", "fresh")
    [because] = night.query("select because from publication where mart = 'fct_ad_spend'")
    assert "meta_ads/ad_insights no_batch_lost" in because[0]
    finished = night.run("--accept-losses")
    assert finished.returncode == 0, finished.stdout + finished.stderr
    assert night.query("select mart from publication where state <> 'fresh'") == []


def _without(landing: Path, folder: str, tmp_path: Path) -> Path:
    """A copy of a landing that lacks a folder."""
    pruned = tmp_path / "landing"
    shutil.copytree(landing, pruned)
    shutil.rmtree(pruned / folder)
    return pruned


def test_running_twice_changes_nothing(undisturbed: Night) -> None:
    before = undisturbed.contents()
    finished = undisturbed.run()
    assert finished.returncode == 0, finished.stdout + finished.stderr
    assert undisturbed.contents() == before


# What says how a period stands to the night, not what it holds.
OF_THE_NIGHT = ("periods_ago", "is_current", "input_delivered_at")


def test_a_night_without_new_facts_moves_no_closed_period(undisturbed: Night, tmp_path: Path) -> None:
    """A week later every closed period holds the same rows, but for those that only then have matured."""
    night = Night(landing=undisturbed.landing, home=tmp_path / "home")
    shutil.copytree(undisturbed.home, night.home, symlinks=True)
    finished = night.run(as_of="2026-07-09T02:00:00")
    assert finished.returncode == 0, finished.stdout + finished.stderr
    later, moved = night.home / "published" / "touchstone.duckdb", {}
    with duckdb.connect(str(undisturbed.home / "published" / "touchstone.duckdb"), read_only=True) as connection:
        connection.execute(f"attach '{later}' as later (read_only)")
        for mart, has_maturity, has_end in connection.execute(WITH_PERIODS).fetchall():
            before, after = (
                f"select columns(lambda name: name not in {OF_THE_NIGHT}) from {place}.marts.{mart} where {CLOSED}"
                for place in ("touchstone", "later")
            )
            settled = " and ".join(["true", *["is_mature"] * has_maturity, *["is_complete"] * has_end])
            gone = connection.execute(f"from ({before}) where {settled} except all from ({after})").fetchall()
            moved[mart] = gone[:3]
    assert len(moved) >= FEWEST_MARTS_WITH_PERIODS
    assert not {mart: rows for mart, rows in moved.items() if rows and mart not in OF_WHO_STILL_WAITS}
