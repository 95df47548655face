"""Which deliveries of a snapshot table are whole: what such a one does not hold is gone from then on.

Of a table of measures only what belongs together is known: the parts of one delivery add up.

Decided anew each night from the ledger and the manifests, so that a late part, or a changed contract, is heeded.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

import duckdb

from orchestration.contracts import Contract
from orchestration.ingestion.deliveries import Delivered, Delivery, delivered_files, group
from orchestration.ingestion.ledger import commit, digest, literal, read_ledger, table_folder, write_rows
from orchestration.ingestion.manifests import kept_manifests


@dataclass(frozen=True)
class Verdict:
    """What was decided of a delivery; `held_share` is null where there was nothing before.

    `scope` is what a whole one is whole of: the table, or the files of its series where others hold other records.
    """

    delivery_id: str
    held_share: float | None
    scope: Literal["table", "series"] | None
    is_suspect: bool
    reason: str | None


def refresh_deliveries(
    contract: Contract, *, lake: Path, scratch: Path, connection: duckdb.DuckDBPyConnection, is_waiting: bool
) -> list[str]:
    """Write which deliveries a table has had; returns "name: why not" of those found suspect that were not known.

    `is_waiting` tells that files of the table are still being written: its last delivery may not be complete.
    """
    records = _Records(contract, lake=lake, connection=connection)
    deliveries = group(
        delivered_files(read_ledger(contract, lake=lake, connection=connection)),
        contract=contract,
        manifests=kept_manifests(contract, lake=lake),
        # Two exports of measures share keys or not; only their names tell that they are parts of one.
        overlap=(lambda files, others: None) if contract.additive else records.overlap,
        is_waiting=is_waiting,
    )
    if not deliveries:
        return []
    place = lake / "_deliveries" / contract.system / contract.object / "deliveries.parquet"
    ids = [_id(delivery, contract) for delivery in deliveries]
    known = _read(place, connection)
    if [verdict.delivery_id for verdict in known] == ids:
        return []
    pairs = enumerate(zip(known, ids, strict=False))
    first_new = next((n for n, (old, new) in pairs if old.delivery_id != new), min(len(known), len(ids)))
    if contract.additive:
        verdicts = [Verdict(name, None, scope=None, is_suspect=False, reason=None) for name in ids]
    else:
        verdicts = decide(deliveries, ids, known[:first_new], contract=contract, records=records)
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


class _Records:
    """The records of files, as numbers of what a contract compares them by."""

    def __init__(self, contract: Contract, *, lake: Path, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection
        self.columns = ", ".join(f'"{column}"' for column in contract.held_by or contract.key or ("_row_hash",))
        self.folder = table_folder(lake, contract)
        self.known: dict[str, set[int]] = {}

    def read(self, files: Iterable[Delivered]) -> None:
        """Take in the records of files that are not known yet."""
        names = sorted({file.source_file for file in files} - self.known.keys())
        if not names:
            return
        self.known.update({name: set() for name in names})
        places = sorted(str(place) for place in self.folder.glob("load_date=*/*.parquet"))
        if not places:  # of no file has any row been loaded
            return
        rows = self.connection.execute(f"""
            select _source_file, list(distinct hash({self.columns}))
            from read_parquet({places}, union_by_name = true)
            where _source_file in ({", ".join(literal(name) for name in names)})
            group by 1
        """).fetchall()
        self.known.update({name: set(records) for name, records in rows})

    def of(self, files: Sequence[Delivered]) -> set[int]:
        """All records of some files."""
        self.read(files)
        return set().union(*(self.known[file.source_file] for file in files))

    def overlap(self, files: Sequence[Delivered], others: Sequence[Delivered]) -> float | None:
        """Share of the fewer records that both hold; null when either has none."""
        one, other = self.of(files), self.of(others)
        return len(one & other) / min(len(one), len(other)) if one and other else None


def decide(
    deliveries: Sequence[Delivery],
    ids: Sequence[str],
    known: Sequence[Verdict],
    *,
    contract: Contract,
    records: _Records,
) -> list[Verdict]:
    """Verdicts of all deliveries, the first ones as they are `known`."""
    verdicts = list(known)
    start = max((n for n, verdict in enumerate(verdicts) if verdict.scope == "table"), default=0)
    records.read(file for delivery in deliveries[start:] for file in delivery.files)
    there: dict[str | None, set[int]] = {}
    for number, delivery in enumerate(deliveries[start:], start):
        held = records.of(delivery.files)
        if number >= len(verdicts):
            verdicts.append(_verdict(delivery, ids[number], held, there, contract))
        scope = verdicts[number].scope
        if scope == "table":
            there = {}
        if scope is None:
            held = held | there.get(delivery.series, set())
        there[delivery.series] = held
    return verdicts


def _verdict(
    delivery: Delivery, name: str, held: set[int], there: dict[str | None, set[int]], contract: Contract
) -> Verdict:
    everything = set().union(*there.values())
    before = there.get(delivery.series, set())
    # A name that never came before goes on with what was there, or it brings what the others do not hold.
    goes_on = not before and len(held & everything) >= contract.least_held * len(everything)
    is_of_table = delivery.series is None or everything == before or goes_on or not held
    if is_of_table:
        before = everything
    share = len(held & before) / len(before) if before else None
    manifest = delivery.manifest
    if not (manifest.is_whole if manifest else contract.delivery in ("file", "day")):
        reason = "its manifest calls it a part" if manifest else "no manifest calls it whole"
        return Verdict(name, share, scope=None, is_suspect=False, reason=reason)
    if delivery.is_open:
        return Verdict(name, share, scope=None, is_suspect=False, reason="it is still being delivered")
    stated = manifest.records if manifest else None
    reason = next((file.problem for file in delivery.files if file.problem), None)
    if delivery.missing:
        reason = f"{delivery.missing[0]}, which its manifest lists, was not delivered"
    elif stated is not None and stated != delivery.row_count:
        reason = f"it has {delivery.row_count} rows, its manifest says {stated}"
    elif not reason and stated is None and share is not None and share < contract.least_held:
        reason = (
            f"it holds {share:.0%} of the {len(before)} records there were, less than {contract.least_held:.0%}; if "
            f"the rest is gone indeed, say so by a manifest with the number of its records"
        )
    if reason:
        return Verdict(name, share, scope=None, is_suspect=True, reason=reason)
    return Verdict(name, share, scope="table" if is_of_table else "series", is_suspect=False, reason=None)


def _id(delivery: Delivery, contract: Contract) -> str:
    policy = (contract.delivery, contract.key, contract.held_by, contract.least_held)
    return digest(repr(policy), repr(delivery))


def _read(place: Path, connection: duckdb.DuckDBPyConnection) -> list[Verdict]:
    if not place.exists():
        return []
    rows = connection.execute(f"""
        select distinct delivery_number, delivery_id, held_share, scope, is_suspect, reason
        from read_parquet({literal(place)}) order by 1
    """).fetchall()
    return [Verdict(*row[1:]) for row in rows]


def _rows(contract: Contract, deliveries: Sequence[Delivery], verdicts: Sequence[Verdict]) -> Iterable[tuple]:
    none: tuple[int | None, datetime | None] = (None, None)
    of_table, of_series = none, {}
    for number in range(len(deliveries), 0, -1):
        delivery, verdict = deliveries[number - 1], verdicts[number - 1]
        following = [whole for whole in (of_table, of_series.get(delivery.series, none)) if whole[0]]
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
                verdict.scope,
                verdict.is_suspect,
                verdict.reason,
                *min(following, default=none),
            )
        if verdict.scope == "table":
            of_table = number, delivery.delivered_at
        elif verdict.scope == "series":
            of_series[delivery.series] = number, delivery.delivered_at
