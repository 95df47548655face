"""Whether cases may share a night: no id of one is an id of another, and none delivers the whole of another's table."""

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import duckdb

from orchestration.contracts import Contract
from orchestration.ingestion.ledger import SHAPE, table_folder

# Columns that make records one person or one account wherever they stand.
LINKING = ("email", "ga_client_id", "user_pseudo_id", "website", "domain")
MARK = "__"


class Collision(ValueError):
    """Two cases of one group can't share a night."""


def refuse_collisions(contracts: Iterable[Contract], *, lake: Path) -> None:
    """Raise Collision naming two cases that hold one key, one linking value, or rows of one snapshot table."""
    linked: dict[str, set[str]] = defaultdict(set)
    with duckdb.connect() as connection:
        for contract in contracts:
            table = table_folder(lake, contract)
            files = [str(path) for path in table.glob("load_date=*/*.parquet") if path.name != SHAPE]
            if not files:
                continue
            raw = connection.read_parquet(files, union_by_name=True)
            names = {column.name for column in contract.columns}
            case = f"split_part(split_part(_source_file, '/', -1), '{MARK}', 1)"
            if contract.mode == "snapshot" and contract.delivery != "manifest":
                holders = {name for (name,) in raw.project(f"{case} as held_by").distinct().fetchall()}
                _refuse(holders, f"rows of {contract.system}.{contract.object}, each delivery of which is whole")
            if contract.key:
                key = ", ".join(f'"{column}"' for column in contract.key)
                for *values, holders in raw.aggregate(f"{key}, list(distinct {case})", key).fetchall():
                    named = ", ".join(f"{c} {v}" for c, v in zip(contract.key, values, strict=True))
                    _refuse(holders, f"{contract.system}.{contract.object} {named}")
            for column in sorted(names.intersection(LINKING)):
                for value, holder in raw.project(f"lower({column}), {case}").distinct().fetchall():
                    if value:
                        linked[value].add(holder)
    for value, holders in sorted(linked.items()):
        _refuse(holders, f"the value {value!r}")


def _refuse(holders: Iterable[str], what: str) -> None:
    first, *others = sorted(holders)
    if others:
        raise Collision(
            f"the cases {first} and {others[0]} share a group and both hold {what}; give one of them other ids, "
            f"or a `group` of its own in its expected.yml"
        )
