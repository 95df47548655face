"""The warehouse that suites are judged in, opened once for all of them."""

from pathlib import Path

import duckdb
import pytest

from orchestration.quality import suites
from orchestration.quality.connections import connect, kept_open
from orchestration.settings import Settings, load

SUITE = next(suite for suite in suites.load() if suite.layer == "marts")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Of a home with a warehouse of one mart."""
    found = load({"TOUCHSTONE_HOME": str(tmp_path), "TOUCHSTONE_LANDING": str(tmp_path / "landing")})
    found.warehouse.parent.mkdir(parents=True)
    _write(found.warehouse, row=1)
    return found


def _write(file: Path, *, row: int) -> Path:
    with duckdb.connect(str(file)) as connection:
        connection.execute(f"create schema marts; create table marts.mart as select {row} as row_number")
    return file


def test_each_suite_reads_the_warehouse_and_the_last_publication(settings: Settings, tmp_path: Path) -> None:
    last = _write(tmp_path / "published.duckdb", row=2)
    with kept_open(settings):
        for _ in range(2):
            with connect(SUITE, settings, last=last) as connection:
                read = connection.execute("from marts.mart union all from last.marts.mart").fetchall()
            assert sorted(read) == [(1,), (2,)]


def test_the_warehouse_is_open_between_suites_and_let_go_behind_them(settings: Settings) -> None:
    with kept_open(settings):
        with connect(SUITE, settings):
            pass
        # DuckDB refuses two ways of opening one file at once.
        with pytest.raises(duckdb.ConnectionException):
            duckdb.connect(str(settings.warehouse), read_only=True)
    with duckdb.connect(str(settings.warehouse), read_only=True) as connection:
        assert connection.execute("select database_name from duckdb_databases() where not internal").fetchall() == [
            (settings.warehouse.stem,)
        ]
