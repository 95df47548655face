"""What a suite's SQL runs against: the lake for an extract, the working warehouse for a mart."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from orchestration.ingestion.ledger import BOOKKEEPING
from orchestration.quality.suites import Suite
from orchestration.settings import Settings

# Bookkeeping tables that checks read, and their folders in the lake.
BOOKS = {name: folder for folder, name in BOOKKEEPING.items() if folder in ("_ledger", "_quarantine", "_settled")}


@contextmanager
def connect(suite: Suite, settings: Settings, *, last: Path | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection for `suite`, closed at the end.

    Extracts are judged straight from the lake, in memory, so that the gate neither waits for dbt's views nor holds
    the warehouse. Marts are judged in the warehouse, opened as dbt opens it (DuckDB refuses two ways at once), beside
    the last publication as the database `last`, where there is one.
    """
    if not suite.is_raw:
        with duckdb.connect(str(settings.warehouse)) as connection:
            if last:
                attach_last(connection, last)
            yield connection
        return
    system, table = suite.asset_key
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(f"create schema raw_{system}; create schema raw_lake")
        _view(connection, f"raw_{system}.{table}", f"{settings.lake}/{system}/{table}")
        for name, folder in BOOKS.items():
            _view(connection, f"raw_lake.{name}", f"{settings.lake}/{folder}")
        yield connection


@contextmanager
def kept_open(settings: Settings) -> Iterator[None]:
    """Meanwhile the working warehouse stays open in this process, so that each `connect` to it is one connection more.

    Else each would open the file, and DuckDB would read the SQL of every view in it.
    """
    with duckdb.connect(str(settings.warehouse)):
        yield


def attach_last(connection: duckdb.DuckDBPyConnection, published: Path) -> None:
    """Let queries read the marts of a publication's database as `last.marts.<mart>`."""
    file = str(published.resolve()).replace("'", "''")
    connection.execute(f"attach if not exists '{file}' as last (read_only)")


def _view(connection: duckdb.DuckDBPyConnection, name: str, folder: str) -> None:
    files = f"{folder}/**/*.parquet".replace("'", "''")
    connection.execute(f"create view {name} as from read_parquet('{files}', union_by_name = true)")
