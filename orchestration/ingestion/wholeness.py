"""Which deliveries of a snapshot table are whole: what such a one does not hold is gone from then on.

Decided anew each night from the ledger and the manifests, so that a late part, or a changed contract, is heeded.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from orchestration.contracts import Contract
from orchestration.ingestion.deliveries import Delivery, delivered_files, group
from orchestration.ingestion.ledger import commit, digest, literal, read_ledger, table_folder, write_rows
from orchestration.ingestion.manifests import kept_manifests


@dataclass(frozen=True)
class Verdict:
    """What was decided of a delivery; `held_share` is null where there was nothing before."""

    delivery_id: str
    held_share: float | None
    is_whole: bool
    is_suspect: bool
    reason: str | None


def refresh_deliveries(
    contract: Contract, *, lake: Path, scratch: Path, connection: duckdb.DuckDBPyConnection, is_waiting: bool
) -> list[str]:
    """Write which deliveries a table has had; returns "name: why not" of those found suspect that were not known.

    `is_waiting` tells that files of the table are still being written: its last delivery may not be complete.
    """
    files = delivered_files(read_ledger(contract, lake=lake, connection=connection))
    deliveries = group(files, contract=contract, manifests=kept_manifests(contract, lake=lake), is_waiting=is_waiting)
    if not deliveries:
        return []
    place = lake / "_deliveries" / contract.system / contract.object / "deliveries.parquet"
    ids = [_id(delivery, contract) for delivery in deliveries]
    known = _read(place, connection)
    if [verdict.delivery_id for verdict in known] == ids:
        return []
    pairs = enumerate(zip(known, ids, strict=False))
    first_new = next((n for n, (old, new) in pairs if old.delivery_id != new), min(len(known), len(ids)))
    verdicts = decide(deliveries, ids, known[:first_new], contract=contract, lake=lake, connection=connection)
    finished = scratch / "deliveries"
    rows = list(_rows(contract, deliveries, verdicts))
    write_rows(rows, table="_deliveries", path=finished, connection=connection)
    commit([(finished, place)])
    old = {verdict.delivery_id for verdict in known}
    return [
        f"{delivery.name}: {verdict.reason}"
        for delivery, verdict in zip(deliveries, verdicts, strict=True)
        if verdict.is_suspect and verdict.delivery_id not in old
    ]


def decide(
    deliveries: Sequence[Delivery],
    ids: Sequence[str],
    known: Sequence[Verdict],
    *,
    contract: Contract,
    lake: Path,
    connection: duckdb.DuckDBPyConnection,
) -> list[Verdict]:
    """Verdicts of all deliveries, the first ones as they are `known`."""
    verdicts = list(known)
    start = max((n for n, verdict in enumerate(verdicts) if verdict.is_whole), default=0)
    records = _Records(contract, deliveries[start:], lake=lake, connection=connection)
    there: set[int] = set()
    for number, delivery in enumerate(deliveries[start:], start):
        held = records.of(delivery)
        if number >= len(verdicts):
            share = len(held & there) / len(there) if there else None
            verdicts.append(_verdict(delivery, ids[number], share, len(there), contract))
        there = held if verdicts[number].is_whole else there | held
    return verdicts


class _Records:
    """The records of deliveries, as numbers of what a contract compares them by."""

    def __init__(
        self, contract: Contract, deliveries: Sequence[Delivery], *, lake: Path, connection: duckdb.DuckDBPyConnection
    ) -> None:
        self.connection = connection
        places = sorted(str(place) for place in table_folder(lake, contract).glob("load_date=*/*.parquet"))
        columns = ", ".join(f'"{column}"' for column in contract.held_by or contract.key or ("_row_hash",))
        names = _listed(file.source_file for delivery in deliveries for file in delivery.files)
        connection.execute(f"""
            create or replace temp table delivered_records as
            select distinct _source_file, hash({columns}) as record
            from read_parquet({places}, union_by_name = true)
            where _source_file in ({names})
        """)

    def of(self, delivery: Delivery) -> set[int]:
        names = _listed(file.source_file for file in delivery.files)
        query = f"select distinct record from delivered_records where _source_file in ({names})"
        return {record for (record,) in self.connection.execute(query).fetchall()}


def _verdict(delivery: Delivery, name: str, share: float | None, there: int, contract: Contract) -> Verdict:
    manifest = delivery.manifest
    if not (manifest.is_whole if manifest else contract.delivery in ("file", "day")):
        reason = "its manifest calls it a part" if manifest else "no manifest calls it whole"
        return Verdict(name, share, is_whole=False, is_suspect=False, reason=reason)
    if delivery.is_open:
        return Verdict(name, share, is_whole=False, is_suspect=False, reason="it is still being delivered")
    reason = next((file.problem for file in delivery.files if file.problem), None)
    if delivery.missing:
        reason = f"{delivery.missing[0]}, which its manifest lists, was not delivered"
    elif manifest and manifest.records not in (None, delivery.row_count):
        reason = f"it has {delivery.row_count} rows, its manifest says {manifest.records}"
    elif (
        not reason
        and share is not None
        and share < contract.least_held
        and not (manifest and manifest.records is not None)
    ):
        reason = (
            f"it holds {share:.0%} of the {there} records there were, less than {contract.least_held:.0%}; if the rest "
            f"is gone indeed, say so by a manifest with the number of its records"
        )
    return Verdict(name, share, is_whole=not reason, is_suspect=bool(reason), reason=reason)


def _id(delivery: Delivery, contract: Contract) -> str:
    policy = (contract.delivery, contract.key, contract.held_by, contract.least_held)
    return digest(repr(policy), repr(delivery))


def _read(place: Path, connection: duckdb.DuckDBPyConnection) -> list[Verdict]:
    if not place.exists():
        return []
    rows = connection.execute(f"""
        select distinct delivery_number, delivery_id, held_share, is_whole, is_suspect, reason
        from read_parquet({literal(place)}) order by 1
    """).fetchall()
    return [Verdict(*row[1:]) for row in rows]


def _rows(contract: Contract, deliveries: Sequence[Delivery], verdicts: Sequence[Verdict]) -> Iterable[tuple]:
    next_whole: tuple[int | None, datetime | None] = (None, None)
    for number in range(len(deliveries), 0, -1):
        delivery, verdict = deliveries[number - 1], verdicts[number - 1]
        for source_file in sorted({file.source_file for file in delivery.files}):
            yield (
                contract.system,
                contract.object,
                number,
                verdict.delivery_id,
                delivery.name,
                delivery.delivered_at,
                source_file,
                delivery.row_count,
                verdict.held_share,
                verdict.is_whole,
                verdict.is_suspect,
                verdict.reason,
                *next_whole,
            )
        if verdict.is_whole:
            next_whole = number, delivery.delivered_at


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted({literal(name) for name in names})) or "''"
