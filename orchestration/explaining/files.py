"""From which file a record came: the lake keeps the file and the line of every version."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration import contracts
from orchestration.contracts import Contract
from orchestration.ingestion.cells import name
from orchestration.ingestion.ledger import SHAPE, literal

Record = tuple[str, str, str]


@dataclass(frozen=True)
class Place:
    """Where the newest delivered version of a record stands, and how many versions the lake holds."""

    source_file: str
    source_line: int
    version_count: int


def find_files(records: Iterable[Record], *, lake: Path) -> dict[Record, Place]:
    """The places of records (system, kind of record, id); one that stands in no table of its system is left out."""
    wanted: dict[str, dict[str, set[str]]] = {}
    for system, kind, record_id in records:
        wanted.setdefault(system, {}).setdefault(kind, set()).add(record_id)
    known = contracts.load().values()
    found: dict[Record, Place] = {}
    with duckdb.connect() as connection:
        for system, kinds in wanted.items():
            tables = [
                table
                for table in known
                if table.system == system and table.key + table.identity and _files(table, lake)
            ]
            for kind, ids in kinds.items():
                for contract in sorted(tables, key=lambda table: _distance(kind, table.object)):
                    missing = sorted(identifier for identifier in ids if (system, kind, identifier) not in found)
                    if missing:
                        places = _look_up(connection, contract, missing, lake)
                        found.update({(system, kind, identifier): place for identifier, place in places.items()})
    return found


def _distance(kind: str, table: str) -> int:
    """0 for the table that is named as the kind of record is, in the singular or the plural; others may hold it too."""
    singular = table.removesuffix("ies") + "y" if table.endswith("ies") else table.removesuffix("s")
    return 0 if kind in (table, singular) else 1


def _look_up(connection: duckdb.DuckDBPyConnection, contract: Contract, ids: list[str], lake: Path) -> dict[str, Place]:
    listed = ", ".join(literal(path) for path in _files(contract, lake))
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


def _files(contract: Contract, lake: Path) -> list[Path]:
    folder = lake / contract.system / contract.object
    return sorted(path for path in folder.glob("*/*.parquet") if path.name != SHAPE)
