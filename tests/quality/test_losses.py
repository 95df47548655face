"""A batch that the last publication counted and the lake holds no more stops what reads its table."""

from pathlib import Path

import duckdb
import pytest

from orchestration.quality import losses
from orchestration.settings import Settings, load

LEDGER = "batch_id varchar, system varchar, object varchar, source_file varchar, loaded_row_count bigint"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A home whose publication counted three batches, of which the lake holds the first."""
    settings = load({"TOUCHSTONE_HOME": str(tmp_path), "TOUCHSTONE_LANDING": str(tmp_path)})
    settings.published.mkdir()
    with duckdb.connect(str(settings.published_database)) as published:
        published.execute(f"create schema marts; create table marts.fct_load_ledger ({LEDGER})")
        published.execute("""
            insert into marts.fct_load_ledger values
                ('a', 'crm', 'people', 'a.csv', 5), ('b', 'crm', 'people', 'b.csv', 7),
                ('c', 'crm', 'deals', 'c.csv', 2), ('d', 'crm', 'deals', 'without_rows.csv', 0)
        """)
    folder = settings.lake / "_ledger" / "crm" / "people"
    folder.mkdir(parents=True)
    duckdb.execute(f"copy (select 'a' as batch_id) to '{folder / 'a.parquet'}' (format parquet)")
    return settings


def test_what_is_gone_is_told_by_table_with_its_rows(settings: Settings) -> None:
    lost = losses.find(settings)
    assert [(file.object, file.source_file, file.row_count) for file in lost] == [
        ("deals", "c.csv", 2),
        ("people", "b.csv", 7),
    ]
    failures = dict(losses.failures(lost))
    assert set(failures) == {("crm", "deals"), ("crm", "people")}
    assert failures["crm", "people"].found == "7 rows of 1 files are gone from the lake, b.csv first"
    result = losses.result(lost)
    assert (result.passed, result.description) == (False, "9 rows of 2 files are gone from the lake")


def test_an_accepted_loss_is_on_record_and_stops_nothing(settings: Settings) -> None:
    assert len(losses.accept(settings)) == 2
    assert losses.find(settings) == []
    assert losses.result([]).passed
    assert (settings.lake / losses.ACCEPTED).read_text() == '[\n "b",\n "c"\n]'


def test_before_the_first_publication_nothing_is_lost(tmp_path: Path) -> None:
    assert losses.find(load({"TOUCHSTONE_HOME": str(tmp_path), "TOUCHSTONE_LANDING": str(tmp_path)})) == []
