"""Published marts -> PostgreSQL, for BI tools that read nothing else: one transaction, readers see all or nothing."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import duckdb

from orchestration.publication import descriptions

# Schema of the server for each schema of a publication. Who people are, nobody but its owner reads until it is granted.
SCHEMAS = {"marts": "touchstone", "restricted": "touchstone_restricted"}


def publish(database: Path, *, url: str, restricted: Path | None = None) -> dict[str, int]:
    """Replace the schemas at `url` with the marts of the published DuckDB file, and with the names of `restricted`.

    Names that are published no longer go from the server too. Returns rows per mart. Raises the driver's
    OperationalError when the server can't be reached; the old schemas then stay as they were.
    """
    from adbc_driver_postgresql import dbapi

    with dbapi.connect(url) as server, server.cursor() as cursor:
        with duckdb.connect(str(database), read_only=True) as marts:
            rows = _replace(cursor, marts, "marts")
        if restricted is not None and restricted.exists():
            with duckdb.connect(str(restricted), read_only=True) as names:
                _replace(cursor, names, "restricted")
        else:
            cursor.execute(f"drop schema if exists {SCHEMAS['restricted']} cascade")
        server.commit()
    return rows


def renew(database: Path, *, url: str, tables: Sequence[str]) -> None:
    """Put the rows of some tables of the published DuckDB file in the place of those that the server has, in one step.

    Tables, rights and policies stay. Nothing is done where the server holds no such tables, as before the first
    publication. Raises the driver's OperationalError when the server can't be reached.
    """
    from adbc_driver_postgresql import dbapi

    schema = SCHEMAS["marts"]
    with (
        dbapi.connect(url) as server,
        server.cursor() as cursor,
        duckdb.connect(str(database), read_only=True) as marts,
    ):
        for name in tables:
            cursor.execute(f"select to_regclass('{schema}.{name}') is not null")
            if cursor.fetchall()[0][0]:
                cursor.execute(f"delete from {schema}.{name}")
                reader = marts.sql(f"from marts.{name}").to_arrow_reader(100_000)
                cursor.adbc_ingest(name, reader, mode="append", db_schema_name=schema)
        server.commit()


def _replace(cursor: Any, published: duckdb.DuckDBPyConnection, source: str) -> dict[str, int]:
    """Put the tables of the schema `source` in the place of those on the server; rows per table."""
    schema = SCHEMAS[source]
    arriving = f"{schema}_arriving"
    cursor.execute(f"drop schema if exists {arriving} cascade")
    cursor.execute(f"create schema {arriving}")
    tables = "select table_name from duckdb_tables() where schema_name = ? order by 1"
    rows = {}
    for (name,) in published.execute(tables, [source]).fetchall():
        reader = published.sql(f"from {source}.{name}").to_arrow_reader(100_000)
        cursor.adbc_ingest(name, reader, mode="create", db_schema_name=arriving)
        rows[name] = published.execute(f"select count(*) from {source}.{name}").fetchall()[0][0]
    for statement in descriptions.statements(published, source=source, schema=arriving):
        cursor.execute(statement)
    cursor.execute(_carried_over(schema, arriving))
    for (statement,) in cursor.fetchall():
        cursor.execute(statement)
    cursor.execute(f"drop schema if exists {schema} cascade")
    cursor.execute(f"alter schema {arriving} rename to {schema}")
    return rows


def _carried_over(schema: str, arriving: str) -> str:
    """A query of the statements by which the rights and row policies of the old tables move to the new.

    Re-granting by hand after each night would be forgotten.
    """
    return f"""
        with old as (
            select c.oid, c.relname, c.relacl, c.relowner, c.relrowsecurity
            from pg_class as c inner join pg_namespace as n on n.oid = c.relnamespace
            where n.nspname = '{schema}' and c.relkind = 'r'
        )
        select format('grant %s on {arriving}.%I to %s', a.privilege_type, old.relname,
                      case when a.grantee = 0 then 'public' else quote_ident(pg_get_userbyid(a.grantee)) end)
        from old, aclexplode(old.relacl) as a
        where a.grantee <> old.relowner and to_regclass('{arriving}.' || quote_ident(old.relname)) is not null
        union all
        select format('alter table {arriving}.%I enable row level security', relname) from old
        where relrowsecurity and to_regclass('{arriving}.' || quote_ident(relname)) is not null
        union all
        select format('create policy %I on {arriving}.%I as %s for %s to %s %s %s', p.policyname, p.tablename,
                      p.permissive, p.cmd,
                      array_to_string(array(select case r when 'public' then 'public' else quote_ident(r) end
                                            from unnest(p.roles) as r), ', '),
                      coalesce('using (' || p.qual || ')', ''), coalesce('with check (' || p.with_check || ')', ''))
        from pg_policies as p
        where p.schemaname = '{schema}' and to_regclass('{arriving}.' || quote_ident(p.tablename)) is not null
        union all
        select format('grant usage on schema {arriving} to %s',
                      case when a.grantee = 0 then 'public' else quote_ident(pg_get_userbyid(a.grantee)) end)
        from pg_namespace as n, aclexplode(n.nspacl) as a
        where n.nspname = '{schema}' and a.grantee <> n.nspowner and a.privilege_type = 'USAGE'
    """


def is_address(url: str) -> bool:
    """Whether `url` names a PostgreSQL server and a database."""
    try:
        parts = urlsplit(url)
        is_port = parts.port is None or parts.port > 0
    except ValueError:
        return False
    return is_port and parts.scheme in ("postgresql", "postgres") and len(parts.path) > 1


def describe(url: str) -> str:
    """The server and database of `url`, without user and password."""
    parts = urlsplit(url)
    return re.sub(r"/+$", "", f"{parts.hostname or 'localhost'}{parts.path}")
