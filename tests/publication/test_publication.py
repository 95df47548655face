"""The swap: readers see one whole publication, what did not pass keeps its last table, hashes ignore the clock."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from orchestration import contracts
from orchestration import settings as places
from orchestration.lineage import Failure
from orchestration.publication import report
from orchestration.publication.candidates import Candidates, NothingOnOffer, offer, read, withdraw
from orchestration.publication.descriptions import Description
from orchestration.publication.publishing import RESTRICTED, Publication, publish
from orchestration.quality.tally import Tally

MARTS = ("dim_people", "fct_load_ledger")
RED = Failure("ga4/events quarantine_rate", "0.4 is too much", "Web <web@example.com>", "Compare the formats.")


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


def _publish(settings: places.Settings, run_id: str, *, held: tuple[str, ...] = (), day: int = 1) -> Publication:
    """Publish the warehouse as of a July day, `held` kept back."""
    as_of = datetime(2026, 7, day, 2, tzinfo=UTC)
    passed = tuple(mart for mart in MARTS if mart not in held)
    candidates = Candidates(run_id, as_of, passed, dict.fromkeys(held, RED))
    return publish(settings, run_id=run_id, candidates=candidates, checks=Tally(passed=3, warned=1))


def _rows(settings: places.Settings, columns: str) -> list[tuple]:
    with duckdb.connect(str(settings.published_database), read_only=True) as connection:
        return connection.execute(f"select {columns} from marts.publication order by mart").fetchall()


def _people(database: Path) -> int:
    with duckdb.connect(str(database), read_only=True) as connection:
        return connection.execute("select count(*) from marts.dim_people").fetchall()[0][0]


def test_marts_are_published_as_duckdb_and_parquet_and_nothing_else(settings: places.Settings) -> None:
    publication = _publish(settings, "a")

    assert [(mart.mart, mart.row_count) for mart in publication.tables] == [("dim_people", 2), ("fct_load_ledger", 1)]
    assert sorted(p.name for p in (settings.published / "parquet").iterdir()) == [
        "dim_people.parquet",
        "fct_check_results.parquet",
        "fct_load_ledger.parquet",
        "night.parquet",
        "publication.parquet",
        "readme.parquet",
    ]
    with duckdb.connect(str(settings.published_database), read_only=True) as connection:
        schemas = connection.execute("select distinct schema_name from duckdb_tables()").fetchall()
    assert schemas == [("marts",)]
    assert _rows(settings, "mart, state, run_id, as_of, checks_passed, checks_warned, row_count, because") == [
        ("dim_people", "fresh", "a", datetime(2026, 7, 1, 2), 3, 1, 2, None),
        ("fct_load_ledger", "fresh", "a", datetime(2026, 7, 1, 2), 3, 1, 1, None),
    ]


def test_tables_files_and_the_readme_say_what_they_mean(settings: places.Settings) -> None:
    candidates = Candidates("a", datetime(2026, 7, 1, 2, tzinfo=UTC), MARTS, {})
    described = {"dim_people": Description("One row per human's id.", {"person_id": "Who.", "gone": "No column."})}
    publish(settings, run_id="a", candidates=candidates, checks=Tally(), described=described)
    with duckdb.connect(str(settings.published_database), read_only=True) as connection:
        [(table,)] = connection.execute(
            "select comment from duckdb_tables() where table_name = 'dim_people'"
        ).fetchall()
        [(column,)] = connection.execute(
            "select comment from duckdb_columns() where column_name = 'person_id'"
        ).fetchall()
        readme = connection.execute("from marts.readme").fetchall()
    assert (table, column) == ("One row per human's id.", "Who.")
    assert readme[0][0] == "readme"
    assert ("dim_people", table) in readme
    file = settings.published / "parquet" / "dim_people.parquet"
    told = duckdb.sql(f"select decode(key), decode(value) from parquet_kv_metadata('{file}')").fetchall()
    assert dict(told)["description"] == table
    assert json.loads(dict(told)["columns"])["person_id"] == "Who."


def test_names_lie_apart_where_only_their_owner_reads_them(settings: places.Settings) -> None:
    with duckdb.connect(str(settings.warehouse)) as work:
        work.execute("create schema restricted; create table restricted.person_contacts as select 'Ada' as full_name")
    _publish(settings, "a")
    _name(settings, "Bo")
    _publish(settings, "b", held=("dim_people",), day=2)
    assert _named(settings) == [("Ada",)]  # of the run that the people are of
    _publish(settings, "c", day=3)
    assert _named(settings) == [("Bo",)]
    assert (settings.published / RESTRICTED).parent.stat().st_mode & 0o777 == 0o700
    with duckdb.connect(str(settings.published_database), read_only=True) as connection:
        assert connection.execute(
            "select count(*) from duckdb_columns() where column_name = 'full_name'"
        ).fetchall() == [(0,)]


def _name(settings: places.Settings, name: str) -> None:
    with duckdb.connect(str(settings.warehouse)) as work:
        work.execute("update restricted.person_contacts set full_name = ?", [name])


def _named(settings: places.Settings) -> list[tuple]:
    with duckdb.connect(str(settings.published / RESTRICTED), read_only=True) as connection:
        return connection.execute("select full_name from restricted.person_contacts").fetchall()


def test_the_page_on_publications_names_every_column(settings: places.Settings) -> None:
    _publish(settings, "a")
    with duckdb.connect(str(settings.published_database), read_only=True) as connection:
        columns = [name for (name, *_) in connection.execute("describe marts.publication").fetchall()]
    page = (places.PROJECT / "docs" / "publication.md").read_text()
    assert re.findall(r"^\| `(\w+)` \|", page, flags=re.M) == columns


def test_a_mart_that_did_not_pass_keeps_its_last_published_table(settings: places.Settings) -> None:
    first = _publish(settings, "a")
    _fill(settings, people=5, loaded_at=datetime(2026, 7, 2))
    for run_id, day in (("b", 2), ("c", 3)):  # kept night after night
        _publish(settings, run_id, held=("dim_people",), day=day)

    assert _people(settings.published_database) == 2
    assert duckdb.sql(f"select count(*) from '{settings.published}/parquet/dim_people.parquet'").fetchall() == [(2,)]
    columns = "mart, state, run_id, as_of, row_count, content_hash, because, owner, remedy, publication_run_id"
    kept, fresh = _rows(settings, columns)
    assert kept[:6] == ("dim_people", "carried", "a", datetime(2026, 7, 1, 2), 2, first.marts[0].content_hash)
    assert kept[6:] == (str(RED), RED.owner, RED.remedy, "c")
    assert fresh[:4] == ("fct_load_ledger", "fresh", "c", datetime(2026, 7, 3, 2))

    _publish(settings, "d", day=4)
    assert _people(settings.published_database) == 5
    assert _rows(settings, "state, run_id, because")[0] == ("fresh", "d", None)


def test_a_mart_that_was_never_published_and_fails_is_absent_with_its_reason(settings: places.Settings) -> None:
    publication = _publish(settings, "a", held=("dim_people",))

    assert [mart.mart for mart in publication.tables] == ["fct_load_ledger"]
    assert not (settings.published / "parquet" / "dim_people.parquet").exists()
    with duckdb.connect(str(settings.published_database), read_only=True) as connection:
        tables = connection.execute("select table_name from duckdb_tables() order by 1").fetchall()
    assert tables == [("fct_check_results",), ("fct_load_ledger",), ("night",), ("publication",), ("readme",)]
    absent = _rows(settings, "mart, state, run_id, as_of, row_count, content_hash, because")[0]
    assert absent == ("dim_people", "absent", None, None, None, None, str(RED))
    _publish(settings, "b", held=("dim_people",))
    assert _rows(settings, "mart, state")[0] == ("dim_people", "absent")


def test_a_publication_of_an_older_shape_is_carried_over(settings: places.Settings) -> None:
    _publish(settings, "a")
    with duckdb.connect(str(settings.published_database)) as connection:
        for column in ("state", "because", "owner", "remedy", "publication_run_id", "checks_failed"):
            connection.execute(f"alter table marts.publication drop column {column}")
    _publish(settings, "b", held=("dim_people",))
    assert _rows(settings, "state, run_id, row_count")[0] == ("carried", "a", 2)


def test_a_table_that_no_build_offers_is_not_published(settings: places.Settings) -> None:
    with duckdb.connect(str(settings.warehouse)) as work:
        work.execute("create table marts.fct_of_a_model_since_removed as select 1 as x")
    _publish(settings, "a")
    assert [name for (name,) in _rows(settings, "mart")] == list(MARTS)


def test_what_a_build_that_died_left_is_never_published(settings: places.Settings) -> None:
    candidates = Candidates("a", datetime(2026, 7, 1, 2, tzinfo=UTC), ("fct_load_ledger",), {"dim_people": RED})
    offer(settings, candidates)
    assert read(settings) == candidates
    withdraw(settings)  # as the next build does before it touches a table
    with pytest.raises(NothingOnOffer, match="the last build did not come to its end"):
        read(settings)


def test_a_warehouse_that_was_written_to_after_its_audit_is_not_published(settings: places.Settings) -> None:
    offer(settings, Candidates("a", datetime(2026, 7, 1, 2, tzinfo=UTC), MARTS, {}))
    with duckdb.connect(str(settings.warehouse)) as work:
        work.execute("select count(*) from marts.dim_people")
    read(settings)  # a look changes nothing
    with duckdb.connect(str(settings.warehouse)) as work:
        work.execute("insert into marts.dim_people values (7)")
    with pytest.raises(NothingOnOffer, match="written to after its marts were judged"):
        read(settings)


def test_a_reader_keeps_its_publication_while_the_next_one_appears(settings: places.Settings) -> None:
    _publish(settings, "a")
    reader = duckdb.connect(str(settings.published_database), read_only=True)
    _fill(settings, people=5, loaded_at=datetime(2026, 7, 2))

    _publish(settings, "b")

    assert reader.execute("select count(*) from marts.dim_people").fetchall() == [(2,)]
    assert _people(settings.published_database.resolve()) == 5
    reader.close()


def test_what_is_published_already_is_not_published_again(settings: places.Settings) -> None:
    first = _publish(settings, "a", held=("dim_people",))
    before = settings.published.resolve()
    assert _publish(settings, "a", held=("dim_people",)) == first
    assert settings.published.resolve() == before
    assert [path.name for path in before.parent.iterdir()] == ["a"]


def test_a_night_of_an_earlier_day_is_published_beside_the_current_one(settings: places.Settings) -> None:
    _publish(settings, "a", day=3)
    _fill(settings, people=9, loaded_at=datetime(2026, 7, 1))
    replay = _publish(settings, "b", day=2, held=("fct_load_ledger",))
    assert replay.replay == settings.home / "replays" / "2026-07-02T020000Z"
    assert _people(replay.replay / "touchstone.duckdb") == 9
    assert [mart.state for mart in replay.marts] == ["fresh", "absent"]
    assert (_people(settings.published_database), settings.published.resolve().name) == (2, "a")
    assert f"as a replay beside the current publication, in {replay.replay}" in report.result(replay).description
    assert _publish(settings, "c", day=3).replay is None


def test_a_run_that_publishes_again_leaves_its_readers_their_folder(settings: places.Settings) -> None:
    _publish(settings, "a")
    before = settings.published.resolve()
    _publish(settings, "a", held=("dim_people",))
    assert (before / "touchstone.duckdb").exists()
    assert settings.published.resolve().name == "a-2"
    assert _people(settings.published_database) == 2


def test_content_hash_follows_content_and_not_the_clock(settings: places.Settings) -> None:
    first = _hashes(_publish(settings, "a"))
    _fill(settings, people=2, loaded_at=datetime.now(UTC).replace(tzinfo=None))
    second = _hashes(_publish(settings, "b"))
    _fill(settings, people=3, loaded_at=datetime(2026, 7, 1))
    third = _hashes(_publish(settings, "c"))

    assert first == second
    assert first["dim_people"] != third["dim_people"]


def _hashes(publication: Publication) -> dict[str, str | None]:
    return {mart.mart: mart.content_hash for mart in publication.marts}


def test_old_publications_and_the_leavings_of_a_killed_run_are_removed(
    settings: places.Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contracts, "policy", lambda: {"publications_kept": 2})
    (settings.home / "publications" / ".building-killed").mkdir(parents=True)
    for run_id in "abc":
        _publish(settings, run_id)

    assert sorted(p.name for p in (settings.home / "publications").iterdir()) == ["b", "c"]
    assert settings.published.resolve().name == "c"


def test_a_simulated_company_is_called_one_in_every_row_and_in_the_headline(settings: places.Settings) -> None:
    settings.lake.mkdir()
    company = "2,000 people, seed 7, marketo-salesforce"
    (settings.lake / "_origin.json").write_text(json.dumps({"landing": "/x", "company": company}))
    publication = _publish(settings, "a")
    assert set(_rows(settings, "is_simulated")) == {(True,)}
    [evaluation] = [report.result(publication)]
    assert f"of a SIMULATED company ({company})" in evaluation.description


def test_a_folder_that_is_not_ours_is_left_alone(settings: places.Settings) -> None:
    settings.published.mkdir()
    with pytest.raises(FileExistsError, match="move it away"):
        _publish(settings, "a")
