"""A warehouse of the right shape, made from the contracts and the marts' YAML, and filled by hand."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration import contracts
from orchestration.policy.assets import LAYERS, tables
from orchestration.quality import suites
from orchestration.quality.connections import attach_last
from orchestration.quality.suites import Suite
from orchestration.settings import SEEDS

AS_OF = datetime(2026, 1, 31, 2)
LEDGER = (
    "batch_id varchar, system varchar, object varchar, source_file varchar, content_hash varchar, byte_count bigint, "
    "encoding varchar, status varchar, rows_read bigint, rows_loaded bigint, rows_quarantined bigint, "
    "cell_defect_count bigint, error varchar, modified_at timestamp, loaded_at timestamp"
)
QUARANTINE = (
    "batch_id varchar, system varchar, object varchar, source_file varchar, source_line bigint, column_name varchar, "
    "value varchar, reason varchar, remedy varchar, raw_text varchar, record_key varchar"
)
SETTLED = (
    "batch_id varchar, system varchar, object varchar, source_file varchar, source_line bigint, status varchar, "
    "settled_by varchar, settled_at timestamp"
)
DELIVERIES = (
    "system varchar, object varchar, delivery_number bigint, delivery_id varchar, delivery_name varchar, "
    "delivered_at timestamp, source_file varchar, row_count bigint, held_share double, scope varchar, "
    "is_suspect boolean, reason varchar, next_whole_number bigint, next_whole_at timestamp"
)
ORIGIN = "_source_file varchar, _source_line bigint, _row_hash varchar, _batch_id varchar"

Deliver = Callable[..., None]


@pytest.fixture(scope="session")
def empty_warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        create_tables(connection)
        yield connection


@pytest.fixture
def warehouse(empty_warehouse: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    """Every raw table, the lake's books and every mart, all empty; what a test puts in is rolled back."""
    empty_warehouse.begin()
    yield empty_warehouse
    empty_warehouse.rollback()


@pytest.fixture
def deliver(warehouse: duckdb.DuckDBPyConnection) -> Deliver:
    """Load rows of one raw table, with the ledger line of their file."""

    def load(
        system: str,
        table: str,
        *rows: dict[str, Any],
        quarantined: int = 0,
        status: str = "loaded",
        file: str = "one.csv",
        batch: str = "b1",
        modified_at: datetime | None = None,
        loaded_at: datetime = AS_OF,
    ) -> None:
        insert(warehouse, f"raw_{system}.{table}", *rows)
        read = len(rows) + quarantined
        insert(
            warehouse,
            "raw_lake.ledger",
            {
                "batch_id": batch,
                "system": system,
                "object": table,
                "source_file": f"{system}/{table}/{file}",
                "status": status,
                "rows_read": read,
                "rows_loaded": len(rows),
                "rows_quarantined": quarantined,
                "error": None if status == "loaded" else f"{system}/{table}/one.csv: header id is missing; add it",
                "modified_at": modified_at,
                "loaded_at": loaded_at,
            },
        )
        insert(warehouse, "raw_lake.quarantined_rows", *set_aside(system, table, quarantined, file=file, batch=batch))

    return load


def set_aside(system: str, table: str, count: int, *, file: str = "one.csv", batch: str = "b1") -> list[dict[str, Any]]:
    """Quarantine rows of `count` records of a file, from line 2 on."""
    return [
        {
            "batch_id": batch,
            "system": system,
            "object": table,
            "source_file": f"{system}/{table}/{file}",
            "source_line": line,
            "column_name": "id",
            "reason": "not a bigint",
            "remedy": "Write digits.",
        }
        for line in range(2, 2 + count)
    ]


@pytest.fixture(scope="session")
def last_publication(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A publication whose every mart held rows."""
    path = tmp_path_factory.mktemp("last") / "touchstone.duckdb"
    with duckdb.connect(str(path)) as connection:
        create_tables(connection)
        marts = "select table_name, column_name from duckdb_columns() where schema_name = 'marts'"
        for mart in {name for name, _ in connection.execute(marts).fetchall()}:
            columns = {column for name, column in connection.execute(marts).fetchall() if name == mart}
            for period in ("week", "month"):
                # What suites filter by.
                row = {"funnel": "person", "period_type": period, "breakdown": "all", "system": "marketo"}
                row = {name: value for name, value in row.items() if name in columns}
                insert(connection, f"marts.{mart}", row or dict.fromkeys(sorted(columns)[:1]))
    return path


@pytest.fixture
def suite() -> Callable[[str], Suite]:
    """A suite of the project by name."""
    by_name = {suite.name: suite for suite in suites.load()}
    return by_name.__getitem__


@contextmanager
def night_after(published: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """An empty warehouse beside the publication of the night before."""
    with duckdb.connect() as connection:
        create_tables(connection)
        attach_last(connection, published)
        yield connection


def create_tables(connection: duckdb.DuckDBPyConnection) -> None:
    for contract in contracts.load().values():
        columns = ", ".join(f'"{column.name}" {column.data_type}' for column in contract.columns)
        connection.execute(f"create schema if not exists raw_{contract.system}")
        connection.execute(f"create table raw_{contract.system}.{contract.object} ({columns}, {ORIGIN})")
    connection.execute("create schema raw_lake")
    connection.execute(f"create table raw_lake.ledger ({LEDGER})")
    connection.execute(f"create table raw_lake.quarantined_rows ({QUARANTINE})")
    connection.execute(f"create table raw_lake.settled_rows ({SETTLED})")
    connection.execute(f"create table raw_lake.deliveries ({DELIVERIES})")
    connection.execute("create schema seeds")
    for seed in (
        "ad_campaign_channels",
        "attribution_settings",
        "campaign_type_channels",
        "check_thresholds",
        "country_names",
        "reconciliation_classes",
        "bill_kinds",
        "bill_statuses",
        "billing_classes",
        "system_roles",
    ):
        connection.execute(f"create table seeds.{seed} as from read_csv('{SEEDS / seed}.csv')")
    connection.execute("create schema conformed")
    connection.execute("create schema marts")
    for (layer, name), declared in tables().items():
        if layer in LAYERS:
            columns = ", ".join(f'"{column}" {data_type}' for column, data_type in declared.items())
            connection.execute(f"create table {layer}.{name} ({columns})")


def insert(connection: duckdb.DuckDBPyConnection, table: str, *rows: dict[str, Any]) -> None:
    """Insert rows in one statement; a column that a row lacks is null."""
    if not rows:
        return
    names = list(dict.fromkeys(name for row in rows for name in row))
    columns = ", ".join(f'"{name}"' for name in names)
    line = f"({', '.join('?' for _ in names)})"
    connection.execute(
        f"insert into {table} ({columns}) values {', '.join([line] * len(rows))}",
        [row.get(name) for row in rows for name in names],
    )
