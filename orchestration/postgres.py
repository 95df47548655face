"""Published marts -> PostgreSQL, for BI tools that read nothing else: one transaction, readers see all or nothing."""

import re
from pathlib import Path
from urllib.parse import urlsplit

import duckdb

from orchestration.publication import descriptions

SCHEMA = "touchstone"
ARRIVING = f"{SCHEMA}_arriving"

# Re-granting by hand after each night would be forgotten: rights and row policies move from the old tables to the new.
CARRIED_OVER = f"""
with old as (
    select c.oid, c.relname, c.relacl, c.relowner, c.relrowsecurity
    from pg_class as c inner join pg_namespace as n on n.oid = c.relnamespace
    where n.nspname = '{SCHEMA}' and c.relkind = 'r'
)
select format('grant %s on {ARRIVING}.%I to %s', a.privilege_type, old.relname,
              case when a.grantee = 0 then 'public' else quote_ident(pg_get_userbyid(a.grantee)) end)
from old, aclexplode(old.relacl) as a
where a.grantee <> old.relowner and to_regclass('{ARRIVING}.' || quote_ident(old.relname)) is not null
union all
select format('alter table {ARRIVING}.%I enable row level security', relname) from old
where relrowsecurity and to_regclass('{ARRIVING}.' || quote_ident(relname)) is not null
union all
select format('create policy %I on {ARRIVING}.%I as %s for %s to %s %s %s', p.policyname, p.tablename, p.permissive,
              p.cmd, array_to_string(array(select case r when 'public' then 'public' else quote_ident(r) end
              from unnest(p.roles) as r), ', '),
              coalesce('using (' || p.qual || ')', ''), coalesce('with check (' || p.with_check || ')', ''))
from pg_policies as p
where p.schemaname = '{SCHEMA}' and to_regclass('{ARRIVING}.' || quote_ident(p.tablename)) is not null
union all
select format('grant usage on schema {ARRIVING} to %s',
              case when a.grantee = 0 then 'public' else quote_ident(pg_get_userbyid(a.grantee)) end)
from pg_namespace as n, aclexplode(n.nspacl) as a
where n.nspname = '{SCHEMA}' and a.grantee <> n.nspowner and a.privilege_type = 'USAGE'
"""


def publish(database: Path, *, url: str) -> dict[str, int]:
    """Replace schema `touchstone` at `url` with the marts of the published DuckDB file; returns rows per mart.

    Raises the driver's OperationalError when the server can't be reached; the old schema then stays as it was.
    """
    from adbc_driver_postgresql import dbapi

    with (
        duckdb.connect(str(database), read_only=True) as marts,
        dbapi.connect(url) as server,
        server.cursor() as cursor,
    ):
        cursor.execute(f"drop schema if exists {ARRIVING} cascade")
        cursor.execute(f"create schema {ARRIVING}")
        names = [
            name
            for (name,) in marts.execute(
                "select table_name from duckdb_tables() where schema_name = 'marts' order by 1"
            ).fetchall()
        ]
        rows = {}
        for name in names:
            reader = marts.sql(f"from marts.{name}").to_arrow_reader(100_000)
            cursor.adbc_ingest(name, reader, mode="create", db_schema_name=ARRIVING)
            rows[name] = marts.execute(f"select count(*) from marts.{name}").fetchall()[0][0]
        for statement in descriptions.statements(marts, schema=ARRIVING):
            cursor.execute(statement)
        cursor.execute(CARRIED_OVER)
        for (statement,) in cursor.fetchall():
            cursor.execute(statement)
        cursor.execute(f"drop schema if exists {SCHEMA} cascade")
        cursor.execute(f"alter schema {ARRIVING} rename to {SCHEMA}")
        server.commit()
    return rows


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
