"""The lake's own bookkeeping: what was loaded, what was refused, and the files that make a batch visible."""

import fcntl
import hashlib
import os
import shutil
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import datetime
from pathlib import Path

import duckdb

from orchestration.contracts import Contract

SHAPE = "_shape.parquet"
SCRATCH = "_scratch"
LOCK = "_lock"

# Folder below the lake -> columns; `_lake__sources.yml` declares the same to dbt.
TABLES: dict[str, dict[str, str]] = {
    "_ledger": {
        "batch_id": "varchar",
        "system": "varchar",
        "object": "varchar",
        "source_file": "varchar",
        "content_hash": "varchar",
        "byte_count": "bigint",
        "encoding": "varchar",
        "status": "varchar",
        "rows_read": "bigint",
        "rows_loaded": "bigint",
        "rows_quarantined": "bigint",
        "cell_defect_count": "bigint",
        "error": "varchar",
        "modified_at": "timestamp",
        "loaded_at": "timestamp",
    },
    "_quarantine": {
        "batch_id": "varchar",
        "system": "varchar",
        "object": "varchar",
        "source_file": "varchar",
        "source_line": "bigint",
        "column_name": "varchar",
        "value": "varchar",
        "reason": "varchar",
        "remedy": "varchar",
        "raw_text": "varchar",
        "record_key": "varchar",
    },
    "_settled": {
        "batch_id": "varchar",
        "system": "varchar",
        "object": "varchar",
        "source_file": "varchar",
        "source_line": "bigint",
        "status": "varchar",
        "settled_by": "varchar",
        "settled_at": "timestamp",
    },
    "_defects": {
        "batch_id": "varchar",
        "system": "varchar",
        "object": "varchar",
        "source_file": "varchar",
        "source_line": "bigint",
        "column_name": "varchar",
        "value": "varchar",
        "reason": "varchar",
    },
    "_drift": {
        "batch_id": "varchar",
        "system": "varchar",
        "object": "varchar",
        "source_file": "varchar",
        "column_name": "varchar",
        "kind": "varchar",
    },
    "_deliveries": {
        "system": "varchar",
        "object": "varchar",
        "delivery_number": "bigint",
        "delivery_id": "varchar",
        "delivery_name": "varchar",
        "delivered_at": "timestamp",
        "source_file": "varchar",
        "row_count": "bigint",
        "held_share": "double",
        "scope": "varchar",
        "is_suspect": "boolean",
        "reason": "varchar",
        "next_whole_number": "bigint",
        "next_whole_at": "timestamp",
    },
    "_defect_changes": {
        "defect_id": "varchar",
        "change": "varchar",
        "changed_at": "timestamp",
        "defect_kind": "varchar",
        "system": "varchar",
        "object": "varchar",
        "record_id": "varchar",
        "related_record_id": "varchar",
        "detail": "varchar",
    },
    "_kpi_snapshots": {
        "snapshot_month_date": "date",
        "snapshot_at": "timestamp",
        "kpi": "varchar",
        "period_type": "varchar",
        "period_start_date": "date",
        "breakdown": "varchar",
        "breakdown_value": "varchar",
        "numerator": "double",
        "denominator": "double",
        "kpi_value": "double",
        "target_value": "double",
        "kpi_status": "varchar",
    },
}
# The bookkeeping folders under the names by which models read them.
BOOKKEEPING = {
    "_ledger": "ledger",
    "_quarantine": "quarantined_rows",
    "_settled": "settled_rows",
    "_defects": "cell_defects",
    "_drift": "drift_columns",
    "_deliveries": "deliveries",
    "_defect_changes": "defect_changes",
    "_kpi_snapshots": "kpi_snapshots",
}
# Of these no batch is the origin: they are made of all that was delivered, told by the landing, or what nights saw.
DERIVED = frozenset(
    {"_ledger", "_settled", "_deliveries", "_manifests", "_defect_changes", "_kpi_snapshots", "_check_results"}
)


class LakeBusy(RuntimeError):
    """Another process is writing the lake."""


@dataclass(frozen=True)
class LedgerRow:
    """One file of one batch; the fields are the ledger's columns. Counts are 0 unless the file was loaded."""

    batch_id: str
    system: str
    object: str
    source_file: str
    content_hash: str
    byte_count: int
    encoding: str | None
    status: str
    rows_read: int
    rows_loaded: int
    rows_quarantined: int
    cell_defect_count: int
    error: str | None
    modified_at: datetime
    loaded_at: datetime


_held: dict[Path, int] = {}
_depth: dict[Path, int] = {}
_held_guard = threading.Lock()


@contextmanager
def lock(lake: Path) -> Iterator[None]:
    """Sole right to write the lake, for this process; may be taken again inside itself. Freed when the process dies.

    Raises LakeBusy at once when another process has it.
    """
    lake.mkdir(parents=True, exist_ok=True)
    path = (lake / LOCK).resolve()
    with _held_guard:
        if path not in _held:
            handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                holder = os.pread(handle, 100, 0).decode(errors="replace").strip() or "unknown"
                os.close(handle)
                raise LakeBusy(
                    f"another run (process {holder}) is writing {lake}; wait until it ends, or stop it, then run again"
                ) from None
            os.ftruncate(handle, 0)
            os.pwrite(handle, str(os.getpid()).encode(), 0)
            _held[path] = handle
            _depth[path] = 0
        _depth[path] += 1
    try:
        yield
    finally:
        with _held_guard:
            _depth[path] -= 1
            if not _depth[path]:
                os.close(_held.pop(path))


def ensure_shapes(contracts: Iterable[Contract], *, lake: Path) -> None:
    """Write the zero-row file of every table, so that its view binds and keeps the contract's types."""
    from orchestration.ingestion.statements import lake_columns

    with lock(lake), scratch(lake) as folder, duckdb.connect() as connection:
        for name, columns in TABLES.items():
            _write_shape(connection, columns, lake / name / SHAPE, folder)
        for contract in contracts:
            partition = table_folder(lake, contract) / "load_date=1970-01-01"
            _write_shape(connection, lake_columns(contract), partition / SHAPE, folder)


def table_folder(lake: Path, contract: Contract) -> Path:
    """Where a table's rows lie."""
    return lake / contract.system / contract.object


def table_batches(lake: Path, system: str, name: str) -> list[Path]:
    """The files that hold rows of a raw table, by load date."""
    return sorted(path for path in (lake / system / name).glob("*/*.parquet") if path.name != SHAPE)


def has_ledger(contract: Contract, *, lake: Path) -> bool:
    """Whether anything of a table was ever taken from the landing."""
    return (lake / "_ledger" / contract.system / contract.object).is_dir()


def read_ledger(contract: Contract, *, lake: Path, connection: duckdb.DuckDBPyConnection) -> list[LedgerRow]:
    """Every ledger row of one table, oldest first."""
    files = sorted(str(path) for path in (lake / "_ledger" / contract.system / contract.object).glob("*.parquet"))
    if not files:
        return []
    names = [field.name for field in fields(LedgerRow)]
    rows = connection.execute(
        f"select {', '.join(names)} from read_parquet(?) order by loaded_at, source_file", [files]
    ).fetchall()
    return [LedgerRow(**dict(zip(names, row, strict=True))) for row in rows]


def write_ledger(rows: list[LedgerRow], *, path: Path, connection: duckdb.DuckDBPyConnection) -> None:
    """The ledger file of one batch."""
    write_rows([tuple(vars(row).values()) for row in rows], table="_ledger", path=path, connection=connection)


def write_rows(
    rows: list[tuple], *, table: str, path: Path, connection: duckdb.DuckDBPyConnection, options: str = "format parquet"
) -> None:
    """Rows of a bookkeeping table, in the order of its columns, as a Parquet file; `options` are those of `copy`."""
    columns = TABLES[table]
    lists = [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in columns]
    values = ", ".join(f"unnest(?::{kind}[]) as {name}" for name, kind in columns.items())
    connection.execute(f"copy (select {values}) to {literal(path)} ({options})", lists)


def commit(outputs: list[tuple[Path, Path]]) -> None:
    """Move finished files to their places, in order; the last one, the ledger's, makes the batch count."""
    for finished, _ in outputs:
        handle = os.open(finished, os.O_RDONLY)
        os.fsync(handle)
        os.close(handle)
    for finished, place in outputs:
        place.parent.mkdir(parents=True, exist_ok=True)
        os.replace(finished, place)


@contextmanager
def scratch(lake: Path) -> Iterator[Path]:
    """A folder on the lake's file system for unfinished files, gone afterwards."""
    folder = lake / SCRATCH / f"{os.getpid()}-{threading.get_ident()}"
    folder.mkdir(parents=True, exist_ok=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def digest(*parts: str) -> str:
    """A short stable name for some texts."""
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:20]


def literal(value: object) -> str:
    """A SQL string."""
    return "'" + str(value).replace("'", "''") + "'"


def _write_shape(connection: duckdb.DuckDBPyConnection, columns: dict[str, str], place: Path, folder: Path) -> None:
    finished = folder / SHAPE
    empty = ", ".join(f'null::{kind} as "{name}"' for name, kind in columns.items())
    connection.execute(f"copy (select {empty} limit 0) to {literal(finished)} (format parquet)")
    place.parent.mkdir(parents=True, exist_ok=True)
    os.replace(finished, place)
