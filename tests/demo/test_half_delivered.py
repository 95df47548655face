"""A company whose CRM was not delivered for eight days: what nobody delivered is no fault of anybody.

The truth of the day on which its extracts stopped says how the records of the CRM stand, that of the last day how those
of the MAP do.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from orchestration.demo.__main__ import main as write_demo
from tests.e2e.nights import Night

pytestmark = pytest.mark.slow

# Late and corrected files are those of the first three weeks of a month, so that all of the CRM is there by then.
STOPPED, DAYS = date(2025, 11, 24), 8
LINKED = ("matched", "linked_field_drift", "linked_to_merged_or_deleted")

# What each record's class is where the CRM ends on an earlier day than the MAP.
EXPECTED = f"""
    create table expected as
    with
    both_days as (
        select
            record_id,
            coalesce(record_id = coalesce(stopped.map_record_id, ended.map_record_id), false) as is_of_map,
            stopped.sync_class as stopped_class, ended.sync_class as ended_class,
            ended.crm_record_id in (select crm_record_id from stopped) as is_counterpart_delivered
        from stopped full join ended using (record_id)
    )
    select record_id, is_of_map, case
        when not is_of_map and ended_class = 'linked_to_merged_or_deleted' then ended_class
        -- The MAP came, and nobody in it became the counterpart.
        when not is_of_map and stopped_class = 'in_flight' then 'crm_only'
        when not is_of_map then if(ended_class = 'matched', 'matched', stopped_class)
        when ended_class in ('excluded_by_sync_rule', 'sync_error') then ended_class
        when stopped_class = 'map_only' and ended_class = 'map_only' then 'map_only'
        when stopped_class in ('matched', 'linked_field_drift') and 'matched' in (stopped_class, ended_class)
            then 'matched'
        when stopped_class in {LINKED} or stopped_class = 'double_linked' then stopped_class
        when ended_class = 'double_linked' and is_counterpart_delivered then 'double_linked'
        else 'in_flight'
    end as sync_class
    from both_days
    -- A record that is gone from the MAP is in no class; what the CRM did after the day nobody knows.
    where if(is_of_map, ended_class, stopped_class) is not null
"""


@pytest.fixture(scope="module")
def half(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """What the night published as `marts`, beside the classes that are right as `expected`."""
    folder = tmp_path_factory.mktemp("half")
    company = folder / "company"
    with duckdb.connect() as connection:
        write_demo(["--size", "1500", "--seed", "11", "--until", str(STOPPED), "--out", str(company)])
        _keep_truth(connection, company, "stopped")
        write_demo(["--days", str(DAYS), "--out", str(company)])
        _keep_truth(connection, company, "ended")
        _stop(company / "landing" / "salesforce")
        night = Night(landing=company / "landing", home=folder / "home")
        ran = night.run(as_of=f"{STOPPED + timedelta(days=DAYS + 1)}T02:00:00")
        assert night.has_published(), ran.stdout + ran.stderr
        connection.execute(EXPECTED)
        connection.execute(f"attach '{night.home / 'published' / 'touchstone.duckdb'}' as night (read_only)")
        connection.execute("""
            create view found as select record_id, reconciliation_class
            from night.marts.fct_reconciliation_records where entity = 'person'
        """)
        yield connection


def _keep_truth(connection: duckdb.DuckDBPyConnection, company: Path, name: str) -> None:
    connection.execute(f"create table {name} as from '{company / 'truth' / 'sync_records.parquet'}'")


def _stop(system: Path) -> None:
    """Take away what was delivered later than the morning after the last day."""
    last = datetime(STOPPED.year, STOPPED.month, STOPPED.day, tzinfo=UTC) + timedelta(days=1, hours=12)
    late = [file for file in system.rglob("*") if file.is_file() and file.stat().st_mtime > last.timestamp()]
    assert late
    for file in late:
        file.unlink()


def test_every_record_is_in_its_class(half: duckdb.DuckDBPyConnection) -> None:
    classes = half.execute("select distinct sync_class from expected").fetchall()
    assert {("in_flight",), ("map_only",), ("crm_only",), ("linked_field_drift",)} < set(classes)
    wrong = half.execute("""
        select record_id, expected.sync_class, found.reconciliation_class
        from expected full join found using (record_id)
        where expected.sync_class is distinct from found.reconciliation_class
        order by all
    """).fetchall()
    assert not wrong


def test_nothing_of_the_silent_days_is_a_breach(half: duckdb.DuckDBPyConnection) -> None:
    blamed = half.execute(f"""
        select count(*) from night.marts.fct_detected_defects
        where defect_kind in ('sync_loss', 'stage_mismatch') and occurred_at >= date '{STOPPED}' + 1
    """).fetchall()
    assert blamed == [(0,)]


def test_no_period_is_compared_before_both_sides_told_of_it(half: duckdb.DuckDBPyConnection) -> None:
    newest = half.execute("""
        select max(period_end_date) from night.marts.fct_reconciliation where is_complete
    """).fetchall()
    assert newest[0][0] <= STOPPED
