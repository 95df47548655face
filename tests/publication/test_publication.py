"""The swap: readers see one whole publication, a failed one changes nothing, content hashes ignore the clock."""

from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from orchestration import settings as places
from orchestration.publication import DATABASE, publish
from orchestration.quality.tally import Tally


@pytest.fixture
def settings(tmp_path: Path) -> places.Settings:
    """A home whose warehouse holds one mart of two people and a load ledger."""
    loaded = places.load({"TOUCHSTONE_HOME": str(tmp_path), "TOUCHSTONE_AS_OF": "2026-07-01T02:00:00"})
    loaded.warehouse.parent.mkdir(parents=True)
    _fill(loaded, people=2, loaded_at=datetime(2026, 7, 1, 2))
    return loaded


def _fill(settings: places.Settings, *, people: int, loaded_at: datetime) -> None:
    with duckdb.connect(str(settings.warehouse)) as work:
        work.execute("create schema if not exists marts; create schema if not exists staging")
        work.execute(f"create or replace table marts.dim_people as select range as person_id from range({people})")
        work.execute(
            "create or replace table marts.fct_load_ledger as select 'a.csv' as source_file, ? as loaded_at",
            [loaded_at],
        )
        work.execute("create or replace table staging.secret as select 'ada@example.com' as email")


def _people(database: Path) -> int:
    with duckdb.connect(str(database), read_only=True) as connection:
        return connection.execute("select count(*) from marts.dim_people").fetchall()[0][0]


def test_marts_are_published_as_duckdb_and_parquet_and_nothing_else(settings: places.Settings) -> None:
    publication = publish(settings, run_id="a", checks=Tally(passed=3, warned=1))

    assert publication.row_counts == {"dim_people": 2, "fct_load_ledger": 1}
    assert sorted(p.name for p in (settings.published / "parquet").iterdir()) == [
        "dim_people.parquet",
        "fct_load_ledger.parquet",
        "publication.parquet",
    ]
    with duckdb.connect(str(settings.published / DATABASE), read_only=True) as connection:
        schemas = connection.execute("select distinct schema_name from duckdb_tables()").fetchall()
        rows = connection.execute(
            "select run_id, checks_passed, checks_warned, mart, row_count from marts.publication order by mart"
        ).fetchall()
    assert schemas == [("marts",)]
    assert rows == [("a", 3, 1, "dim_people", 2), ("a", 3, 1, "fct_load_ledger", 1)]


def test_a_reader_keeps_its_publication_while_the_next_one_appears(settings: places.Settings) -> None:
    publish(settings, run_id="a", checks=Tally())
    reader = duckdb.connect(str(settings.published / DATABASE), read_only=True)
    _fill(settings, people=5, loaded_at=datetime(2026, 7, 2))

    publish(settings, run_id="b", checks=Tally())

    assert reader.execute("select count(*) from marts.dim_people").fetchall() == [(2,)]
    assert _people(settings.published.resolve() / DATABASE) == 5
    reader.close()


def test_content_hash_follows_content_and_not_the_clock(settings: places.Settings) -> None:
    first = publish(settings, run_id="a", checks=Tally())
    _fill(settings, people=2, loaded_at=datetime.now(UTC).replace(tzinfo=None))
    second = publish(settings, run_id="b", checks=Tally())
    _fill(settings, people=3, loaded_at=datetime(2026, 7, 1))
    third = publish(settings, run_id="c", checks=Tally())

    assert first.content_hashes == second.content_hashes
    assert first.content_hashes["dim_people"] != third.content_hashes["dim_people"]


def test_two_publications_are_kept_and_the_leavings_of_a_killed_run_are_removed(settings: places.Settings) -> None:
    (settings.home / "publications" / ".building-killed").mkdir(parents=True)
    for run_id in "abc":
        publish(settings, run_id=run_id, checks=Tally())

    assert sorted(p.name for p in (settings.home / "publications").iterdir()) == ["b", "c"]
    assert settings.published.resolve().name == "c"


def test_a_folder_that_is_not_ours_is_left_alone(settings: places.Settings) -> None:
    settings.published.mkdir()
    with pytest.raises(FileExistsError, match="move it away"):
        publish(settings, run_id="a", checks=Tally())
