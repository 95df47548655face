"""A batch proves itself: each of its files says which extracts it was made of, and whether it is the batch's last one.

The files of a batch are moved into place in a fixed order and its ledger last. So where a batch's last file stands, all
of them do, and a ledger that is missing is written again from what the files say and hold. Nothing is ever deleted for
want of a ledger: what is no whole batch is set aside.
"""

import json
import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from orchestration.ingestion.ledger import (
    DERIVED,
    SCRATCH,
    SHAPE,
    TABLES,
    LedgerRow,
    commit,
    literal,
    lock,
    write_ledger,
)
from orchestration.ingestion.ledger import scratch as scratch_of

KEY = "touchstone_batch"
SET_ASIDE = "_set_aside"
# Where a batch's files lie, in the order in which they are moved into place; None are its rows.
ORDER = ("_drift", "_defects", "_quarantine", None)

Batch = tuple[str, str, str]


@dataclass(frozen=True)
class Swept:
    """What a run found that no ledger names: whole batches, recorded again, and files that are none, set aside."""

    recovered: tuple[str, ...]
    set_aside: tuple[Path, ...]


def proof(rows: Sequence[LedgerRow], *, is_last: bool) -> str:
    """Options of `copy` with which a file proves the batch that the files in `rows` make."""
    facts = {
        "is_last": is_last,
        "loaded_at": rows[0].loaded_at.isoformat(),
        "files": [
            [row.source_file, row.content_hash, row.byte_count, row.encoding, row.modified_at.isoformat()]
            for row in rows
        ],
    }
    return f"format parquet, kv_metadata {{{KEY}: {literal(json.dumps(facts))}}}"


def sweep(lake: Path) -> Swept:
    """Put right what a killed run or a lost ledger left: run it once, before the first table."""
    with lock(lake):
        shutil.rmtree(lake / SCRATCH, ignore_errors=True)
        loose = _loose(lake)
        if not loose:
            return Swept((), ())
        recovered, aside = [], []
        with scratch_of(lake) as folder, duckdb.connect() as connection:
            for batch, files in loose.items():
                if _recover(batch, files, lake=lake, folder=folder, connection=connection):
                    recovered.append("/".join(batch))
                else:
                    aside += [_set_aside(path, lake) for path in files.values()]
        return Swept(tuple(recovered), tuple(aside))


def _loose(lake: Path) -> dict[Batch, dict[str | None, Path]]:
    """Files of batches that no ledger names, by what they hold."""
    committed = {path.relative_to(lake / "_ledger").parts for path in (lake / "_ledger").glob("*/*/*.parquet")}
    loose: dict[Batch, dict[str | None, Path]] = {}
    for path in lake.glob("*/**/*.parquet"):
        folder, *rest = path.relative_to(lake).parts
        if folder in (*DERIVED, SET_ASIDE) or path.name == SHAPE:
            continue
        system, name = (rest[0], rest[1]) if folder in TABLES else (folder, rest[0])
        if (system, name, path.name) not in committed:
            loose.setdefault((system, name, path.stem), {})[folder if folder in TABLES else None] = path
    return loose


def _recover(
    batch: Batch, files: Mapping[str | None, Path], *, lake: Path, folder: Path, connection: duckdb.DuckDBPyConnection
) -> bool:
    """Write the ledger of a batch again if all of its files are there."""
    last = next((files[place] for place in reversed(ORDER) if place in files), None)
    facts = _facts(last, connection) if last else None
    if not facts or not facts["is_last"]:
        return False
    counts = {place: _count(path, place, connection) for place, path in files.items()}
    rows = list(_ledger_rows(batch, facts, counts))
    finished = folder / f"{batch[2]}.ledger"
    write_ledger(rows, path=finished, connection=connection)
    commit([(finished, lake / "_ledger" / batch[0] / batch[1] / f"{batch[2]}.parquet")])
    return True


def _ledger_rows(
    batch: Batch, facts: Mapping[str, Any], counts: Mapping[str | None, Mapping[str, int]]
) -> Iterable[LedgerRow]:
    system, name, batch_id = batch
    for source_file, content_hash, byte_count, encoding, modified_at in facts["files"]:
        loaded = counts.get(None, {}).get(source_file, 0)
        quarantined = counts.get("_quarantine", {}).get(source_file, 0)
        yield LedgerRow(
            batch_id=batch_id,
            system=system,
            object=name,
            source_file=source_file,
            content_hash=content_hash,
            byte_count=byte_count,
            encoding=encoding,
            status="loaded",
            rows_read=loaded + quarantined,
            rows_loaded=loaded,
            rows_quarantined=quarantined,
            cell_defect_count=counts.get("_defects", {}).get(source_file, 0),
            error=None,
            modified_at=datetime.fromisoformat(modified_at),
            loaded_at=datetime.fromisoformat(facts["loaded_at"]),
        )


def _facts(path: Path, connection: duckdb.DuckDBPyConnection) -> dict[str, Any] | None:
    """What a file says of its batch; None where it says nothing, or can't be read."""
    try:
        found = connection.execute(
            "select decode(value) from parquet_kv_metadata(?) where decode(key) = ?", [str(path), KEY]
        ).fetchall()
    except (duckdb.InvalidInputException, duckdb.IOException):
        return None
    return json.loads(found[0][0]) if found else None


def _count(path: Path, place: str | None, connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    column = "source_file" if place else "_source_file"
    return dict(
        connection.execute(f"select {column}, count(*) from read_parquet(?) group by 1", [str(path)]).fetchall()
    )


def _set_aside(path: Path, lake: Path) -> Path:
    place = lake / SET_ASIDE / path.relative_to(lake)
    place.parent.mkdir(parents=True, exist_ok=True)
    os.replace(path, place)
    return place
