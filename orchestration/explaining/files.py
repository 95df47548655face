"""From which file a record came: the lake keeps the file and the line of every version."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration import contracts
from orchestration.contracts import Contract
from orchestration.ingestion.cells import name
from orchestration.ingestion.ledger import literal, table_batches

Record = tuple[str, str, str]


@dataclass(frozen=True)
class Place:
    """Where the newest delivered version of a record stands, and how many versions the lake holds."""

    source_file: str
    source_line: int
    version_count: int


def find_files(records: Iterable[Record], *, lake: Path) -> dict[Record, Place]:
    """The places of records (system, kind of record, id); what stands in no table of its system is left out.

    A record stands in the table that is named as its kind is; of a kind without one, in the only table that has its id:
    where several do, nobody knows which of them tells of it.
    """
    wanted: dict[tuple[str, str], set[str]] = {}
    for system, kind, record_id in records:
        wanted.setdefault((system, kind), set()).add(record_id)
    known = contracts.load().values()
    found: dict[Record, Place] = {}
    with duckdb.connect() as connection:
        for (system, kind), ids in wanted.items():
            tables = [table for table in known if table.system == system and table.key + table.identity]
            named = [table for table in tables if kind in (table.object, _singular(table.object))]
            places: dict[str, list[Place]] = {}
            for table in named or tables:
                for record_id, place in _look_up(connection, table, sorted(ids), lake).items():
                    places.setdefault(record_id, []).append(place)
            found.update({(system, kind, name): held[0] for name, held in places.items() if len(held) == 1})
    return found


def _singular(table: str) -> str:
    return table.removesuffix("ies") + "y" if table.endswith("ies") else table.removesuffix("s")


def _look_up(connection: duckdb.DuckDBPyConnection, contract: Contract, ids: list[str], lake: Path) -> dict[str, Place]:
    batches = table_batches(lake, contract.system, contract.object)
    if not batches:
        return {}
    listed = ", ".join(literal(path) for path in batches)
    rows = connection.execute(
        f"""
        select record_id, max_by(_source_file, place), max_by(_source_line, place), count(distinct place)
        from (
            select unnest([{", ".join(_identities(contract))}]) as record_id, _source_file, _source_line,
                (_delivered_at, _file_order, _source_file, _source_line) as place
            from read_parquet([{listed}], union_by_name = true)
        )
        where list_contains(?, record_id)
        group by record_id
        """,
        [ids],
    ).fetchall()
    return {record_id: Place(file, line, count) for record_id, file, line, count in rows}


def _identities(contract: Contract) -> list[str]:
    """SQL of the ids by which a row may be named: its key, parted by colons, and each id within it."""
    columns = contract.key or contract.identity
    ids = [f"{name(column)}::varchar" for column in columns if column == "id" or column.endswith(("_id", "guid"))]
    return [f"concat_ws(':', {', '.join(f'{name(column)}::varchar' for column in columns)})", *ids]
