"""A night with one new day gives what a full rebuild gives, and writes only what the day changed."""

from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from orchestration.demo.simulation import next_days, simulate
from tests.e2e.nights import AS_OF, Night
from tests.e2e.test_late_and_corrected_extracts import ABOUT_LOADING

pytestmark = [pytest.mark.slow, pytest.mark.long]

NEXT_MORNING = "2026-07-02T02:00:00"
FIRST_NIGHT, SECOND_NIGHT = (datetime.fromisoformat(instant) for instant in (AS_OF, NEXT_MORNING))
# Of fct_sessions but of no other mart, so that a mark in it shows which sessions were made again.
MARKED = "landing_page_path"


def test_a_day_on_18_months_equals_a_rebuild_and_touches_only_what_changed(tmp_path: Path) -> None:
    company = tmp_path / "company"
    simulate(size=300, seed=13, out=company)
    night = Night(landing=company / "landing", home=tmp_path / "incremental")
    assert night.run().returncode == 0
    with duckdb.connect(str(night.home / "warehouse" / "work.duckdb")) as warehouse:
        warehouse.execute(f"update intermediate.int_web_sessions set {MARKED} = 'mark'")

    open_before = _open_defects(night)
    next_days(company, days=1)
    finished = night.run(as_of=NEXT_MORNING)
    assert finished.returncode == 0, finished.stdout + finished.stderr
    assert "built whole" not in finished.stdout
    rebuilt = Night(landing=company / "landing", home=tmp_path / "rebuilt")
    assert rebuilt.run(as_of=NEXT_MORNING).returncode == 0

    expected = {mart: content for mart, content in rebuilt.contents().items() if mart not in ABOUT_LOADING}
    found = {mart: content for mart, content in night.contents().items() if mart in expected}
    assert {mart for mart in expected if found.get(mart) != expected[mart]} == {"fct_sessions"}
    sessions = f"select * exclude ({MARKED}) from fct_sessions order by all"
    assert night.query(sessions) == rebuilt.query(sessions)

    lake = night.home / "lake" / "ga4" / "events" / "load_date=2026-07-02"
    changed = duckdb.sql(f"select distinct user_pseudo_id from '{lake}/*.parquet'").fetchall()
    written = f"select distinct client_id from fct_sessions where {MARKED} is distinct from 'mark'"
    assert changed
    assert sorted(night.query(written)) == sorted(changed)

    open_now = _open_defects(night)
    found = "select first_found_at, last_repaired_at, defect_id from fct_defect_history"
    assert {row for row in night.query(found) if row[2] in open_before ^ open_now} == {
        *((FIRST_NIGHT, SECOND_NIGHT, defect) for defect in open_before - open_now),
        *((SECOND_NIGHT, None, defect) for defect in open_now - open_before),
    }
    assert {defect for (*_, defect) in night.query(found)} == open_before | open_now
    assert open_now - open_before
    history = night.query("select * from fct_defect_history order by all")

    finished = night.run("--full-refresh", as_of=NEXT_MORNING)
    assert finished.returncode == 0, finished.stdout + finished.stderr
    assert "built whole: a full refresh was asked for" in finished.stdout
    assert {mart: content for mart, content in night.contents().items() if mart in expected} == expected
    assert night.query("select * from fct_defect_history order by all") == history


def _open_defects(night: Night) -> set[str]:
    return {defect for (defect,) in night.query("select defect_id from fct_detected_defects where is_open")}
