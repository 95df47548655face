"""From extracts to versions, by the contracts as they are: what is newest and what is gone after each night."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from orchestration import contracts
from orchestration.ingestion.ledger import TABLES, ensure_shapes
from tests.ingestion.conftest import Site

pytestmark = pytest.mark.slow

FIRST = datetime(2026, 4, 1, 3)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """An empty landing, and a lake into which nothing was delivered yet."""
    (tmp_path / "landing").mkdir()
    ensure_shapes(contracts.load().values(), lake=tmp_path / "lake")
    return Site(landing=tmp_path / "landing", lake=tmp_path / "lake")


@pytest.fixture
def read(
    site: Site, database: duckdb.DuckDBPyConnection, compile_sql: Callable[..., str]
) -> Callable[..., list[tuple]]:
    """Ingests what lies in the landing and returns rows of a query over `newest`, the newest versions of a table."""

    def newest(system: str, name: str, query: str) -> list[tuple]:
        site.ingest(contracts.load()[system, name])
        for view, folder in ((name, f"{system}/{name}"), *((table[1:], table) for table in TABLES)):
            files = f"'{site.lake}/{folder}/**/*.parquet', union_by_name = true"
            database.execute(f'create or replace view "{view}" as select * from read_parquet({files})')
        sql = compile_sql(inline=f"select * from {{{{ newest_version(source('{system}', '{name}')) }}}}")
        database.execute(f"create or replace view newest as {sql}")
        return database.execute(query).fetchall()

    return newest


def night(site: Site, number: int, table: str, name: str, content: str) -> None:
    site.deliver(name, content, folder=table, at=FIRST + timedelta(days=number))


def test_restated_file_that_sorts_first(site: Site, read: Callable[..., list[tuple]]) -> None:
    header = "customer_id,campaign_id,date,device,ad_network_type,cost_micros\n"
    for number, (name, cost) in enumerate([("stats.csv", 100), ("stats (1).csv", 120), ("other.csv", 90)]):
        night(site, number, "google_ads/campaign_stats", name, f"{header}9001,812,2024-03-02,DESKTOP,SEARCH,{cost}\n")
        assert read("google_ads", "campaign_stats", "select cost_micros from newest") == [(cost,)]


def test_spend_of_a_day_parted_into_other_rows(site: Site, read: Callable[..., list[tuple]]) -> None:
    header = "customer_id,campaign_id,date,device,ad_network_type,cost_micros,_fivetran_deleted\n"
    shown = "select campaign_id, ad_network_type, cost_micros from newest where _is_removed is not true order by 1, 2"
    table, days = "google_ads/campaign_stats", ("1,701,2026-06-28,MOBILE", "1,702,2026-06-28,MOBILE")
    night(site, 0, table, "a.csv", f"{header}{days[0]},MIXED,100,\n{days[1]},SEARCH,50,\n{days[1]},TABLET,2,\n")
    read(*table.split("/"), shown)
    night(site, 1, table, "b.csv", f"{header}{days[0]},SEARCH,60,\n{days[0]},YOUTUBE,40,\n")
    restated = [(701, "SEARCH", 60), (701, "YOUTUBE", 40)]
    assert read(*table.split("/"), shown) == [*restated, (702, "SEARCH", 50), (702, "TABLET", 2)]
    # A row that is told gone leaves the rest of its day.
    night(site, 2, table, "c.csv", f"{header}{days[1]},TABLET,2,true\n")
    assert read(*table.split("/"), shown) == [*restated, (702, "SEARCH", 50)]
    # Files of one time without a row in common are parts of one, whatever their names.
    night(site, 3, table, "d_mobile.csv", f"{header}{days[1]},SEARCH,70,\n")
    night(site, 3, table, "d_video.csv", f"{header}{days[1]},YOUTUBE,5,\n")
    assert read(*table.split("/"), shown) == [*restated, (702, "SEARCH", 70), (702, "YOUTUBE", 5)]


def test_snapshot_row_withdrawn(site: Site, read: Callable[..., list[tuple]]) -> None:
    header = "IsoCode,StartDate,NextStartDate,ConversionRate\n"
    right, wrong = "EUR,2024-01-01,2024-02-01,0.9\n", "EUR,2024-02-01,2024-07-01,9.0\n"
    table = "salesforce/dated_conversion_rate"
    shown = "select conversion_rate::float, _is_removed, _valid_from from newest order by start_date"
    night(site, 0, table, "rates_1.csv", header + right + wrong)
    assert [row[:2] for row in read(*table.split("/"), shown)] == [(pytest.approx(0.9), None), (9, None)]
    night(site, 1, table, "rates_2.csv", header + right)
    assert [row[1:] for row in read(*table.split("/"), shown)] == [(None, FIRST), (True, FIRST + timedelta(days=1))]
    night(site, 2, table, "rates_3.csv", header)
    assert [row[1] for row in read(*table.split("/"), shown)] == [None, True]
    night(site, 3, table, "rates_4.csv", header + right + wrong)
    assert [row[1:] for row in read(*table.split("/"), shown)] == [(None, FIRST), (False, FIRST + timedelta(days=3))]


def test_deal_moved_to_another_company(site: Site, read: Callable[..., list[tuple]]) -> None:
    header = "deal_id,company_id,type_id,category\n"
    night(site, 0, "hubspot/deal_companies", "dc_1.csv", f"{header}5010,7101,5,H\n5010,7101,341,H\n5011,7101,5,H\n")
    read("hubspot", "deal_companies", "select 1")
    night(site, 1, "hubspot/deal_companies", "dc_2.csv", f"{header}5010,7102,5,H\n5010,7102,341,H\n5011,7101,5,H\n")
    alive = "select distinct deal_id, company_id from newest where _is_removed is not true order by 1"
    assert read("hubspot", "deal_companies", alive) == [(5010, 7102), (5011, 7101)]


def test_deletion_flags_of_two_connectors(site: Site, read: Callable[..., list[tuple]]) -> None:
    ids = [f"00Q0000000004{n:02}" for n in range(3)]
    times = "2024-03-01T00:00:00Z,2024-03-30T00:00:00Z"
    alive = "".join(f"{name},false,{times}\n" for name in ids)
    night(site, 0, "salesforce/lead", "l_1.csv", f"Id,IsDeleted,CreatedDate,LastModifiedDate\n{alive}")
    shown = "select _is_removed, _valid_from from newest order by id"
    assert read("salesforce", "lead", shown) == [(False, datetime(2024, 3, 30))] * 3
    night(site, 1, "salesforce/lead", "l_2.csv", "Id,_fivetran_deleted,CreatedDate,LastModifiedDate\n"
          f"{ids[0]},true,{times}\n")  # fmt: skip
    night(site, 1, "salesforce/lead", "l_3.csv", "Id,_sdc_deleted_at,CreatedDate,LastModifiedDate\n"
          f"{ids[1]},2024-03-31T00:00:00Z,{times}\n{ids[2]},,{times}\n")  # fmt: skip
    gone = (True, FIRST + timedelta(days=1))
    assert read("salesforce", "lead", shown) == [gone, gone, (False, datetime(2024, 3, 30))]
    night(site, 2, "salesforce/lead", "l_4.csv", f"Id,CreatedDate,LastModifiedDate\n{ids[0]},{times}\n")
    assert read("salesforce", "lead", shown)[0] == gone
