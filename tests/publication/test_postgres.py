"""The PostgreSQL publication against a real server on loopback."""

import getpass
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pytest

from orchestration import postgres

SERVERS = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """A throw-away server on a free loopback port; its URL."""
    if not SERVERS:
        pytest.skip("no PostgreSQL server on this machine")
    # Not below pytest's own folder, which its owner alone may enter.
    with TemporaryDirectory(prefix="touchstone-postgres-") as folder:
        yield from _serve(SERVERS[-1].parent, Path(folder))


def _serve(binaries: Path, folder: Path) -> Iterator[str]:
    as_user: list[str] = []
    if getpass.getuser() == "root":  # the server refuses to run as root
        if shutil.which("runuser") is None:
            pytest.skip("PostgreSQL refuses to run as root and runuser is absent")
        shutil.chown(folder, "postgres")
        as_user = ["runuser", "-u", "postgres", "--"]
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    data = folder / "data"
    subprocess.run(
        [*as_user, binaries / "initdb", "-D", data, "-A", "trust", "-U", "touch"], check=True, capture_output=True
    )
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder}"
    control = [*as_user, binaries / "pg_ctl", "-D", data]
    subprocess.run([*control, "-w", "-o", options, "-l", folder / "log", "start"], check=True, capture_output=True)
    yield f"postgresql://touch@127.0.0.1:{port}/postgres"
    subprocess.run([*control, "-m", "immediate", "stop"], check=True, capture_output=True)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "touchstone.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema marts")
        connection.execute(
            "create table marts.dim_channels as select 'Paid Search' as channel, 1.50::decimal(18,2) as usd"
        )
        connection.execute("create table marts.fct_empty (week date, people bigint)")
        connection.execute("comment on table marts.dim_channels is 'Where it''s from.'")
        connection.execute("comment on column marts.dim_channels.usd is 'US dollars.'")
    return path


def _query(url: str, sql: str) -> list[tuple]:
    from adbc_driver_postgresql import dbapi

    with dbapi.connect(url, autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall() if cursor.description else []


def test_marts_arrive_with_types_and_grants_survive_the_next_night(server: str, database: Path) -> None:
    assert postgres.publish(database, url=server) == {"dim_channels": 1, "fct_empty": 0}
    _query(server, "create role analyst")
    _query(server, "grant usage on schema touchstone to analyst")
    _query(server, "grant select on touchstone.dim_channels to analyst")
    _query(server, "alter table touchstone.dim_channels enable row level security")
    _query(server, "create policy paid on touchstone.dim_channels for select to analyst using (channel like 'Paid%')")

    postgres.publish(database, url=server)

    money = "select channel, pg_typeof(usd)::text, usd = 1.50 from touchstone.dim_channels"
    assert _query(server, money) == [("Paid Search", "numeric", True)]
    assert _query(server, "select has_table_privilege('analyst', 'touchstone.dim_channels', 'select')") == [(True,)]
    assert _query(server, "select has_schema_privilege('analyst', 'touchstone', 'usage')") == [(True,)]
    table = "'touchstone.dim_channels'::regclass"
    comments = f"select obj_description({table}), col_description({table}, 2)"
    assert _query(server, comments) == [("Where it's from.", "US dollars.")]
    assert _query(server, "select policyname::text from pg_policies where schemaname = 'touchstone'") == [("paid",)]
    assert _query(server, "select count(*) from pg_namespace where nspname = 'touchstone_arriving'") == [(0,)]


def test_a_failed_night_renews_its_tables_and_leaves_rights_and_marts(server: str, database: Path) -> None:
    with duckdb.connect(str(database)) as connection:
        connection.execute("create table marts.night as select 'a' as run_id, 1::bigint as failed_check_count")
    postgres.publish(database, url=server)
    _query(server, "create role board")
    _query(server, "grant select on touchstone.night to board")
    with duckdb.connect(str(database)) as connection:
        connection.execute("update marts.night set run_id = 'b', failed_check_count = 2")
        connection.execute("create table marts.fct_check_results as select 'b' as run_id")
    postgres.renew(database, url=server, tables=("night", "fct_check_results"))  # the second is unknown there
    assert _query(server, "select run_id, failed_check_count from touchstone.night") == [("b", 2)]
    assert _query(server, "select has_table_privilege('board', 'touchstone.night', 'select')") == [(True,)]
    assert _query(server, "select count(*) from touchstone.dim_channels") == [(1,)]


def test_names_stand_apart_and_whom_they_were_granted_to_keeps_them(
    server: str, database: Path, tmp_path: Path
) -> None:
    restricted = tmp_path / "names.duckdb"
    with duckdb.connect(str(restricted)) as connection:
        connection.execute("create schema restricted")
        connection.execute("create table restricted.person_contacts as select 'Ada' as full_name")
        connection.execute("comment on table restricted.person_contacts is 'Who.'")
    names = "select full_name from touchstone_restricted.person_contacts"
    may_read = (
        "select has_schema_privilege('{0}', 'touchstone_restricted', 'usage') "
        "and has_table_privilege('{0}', 'touchstone_restricted.person_contacts', 'select')"
    )
    _query(server, "create role rep")
    _query(server, "create role outsider")
    assert "person_contacts" not in postgres.publish(database, url=server, restricted=restricted)
    assert _query(server, may_read.format("rep")) == [(False,)]
    _query(server, "grant usage on schema touchstone_restricted to rep")
    _query(server, "grant select on touchstone_restricted.person_contacts to rep")

    postgres.publish(database, url=server, restricted=restricted)
    assert _query(server, names) == [("Ada",)]
    assert _query(server, may_read.format("rep")) == [(True,)]
    assert _query(server, may_read.format("outsider")) == [(False,)]
    assert _query(server, "select obj_description('touchstone_restricted.person_contacts'::regclass)") == [("Who.",)]

    postgres.publish(database, url=server, restricted=tmp_path / "none.duckdb")
    schemas = "select nspname::text from pg_namespace where nspname like 'touchstone%' order by 1"
    assert _query(server, schemas) == [("touchstone",)]


def test_a_failed_publication_leaves_the_old_one(server: str, database: Path, tmp_path: Path) -> None:
    postgres.publish(database, url=server)
    broken = tmp_path / "broken.duckdb"
    with duckdb.connect(str(broken)) as connection:
        connection.execute("create schema marts")
        connection.execute("create table marts.a as select 1 as x")
        connection.execute("create table marts.b as select {'x': 1, 'y': [1]} as unsupported")
    with pytest.raises(Exception, match=r"(?i)struct|type|not"):
        postgres.publish(broken, url=server)
    assert _query(server, "select channel from touchstone.dim_channels") == [("Paid Search",)]


def test_describe_hides_the_password() -> None:
    assert postgres.describe("postgresql://user:secret@db.example.org/bi") == "db.example.org/bi"
