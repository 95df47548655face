"""What each seed must hold, read from `seeds/_seeds_*.yml`: the data tests that dbt runs, and `config: meta:`.

config of a column
  meta:
    holds: time_zone             # a kind of orchestration/policy/kinds.py
    refers_to: systems           # a list of orchestration/policy/things.py; another seed is a relationships test
    or: [default]                # values that are right beside those
    range: [0, 1]                # least and most of a number; null is no limit
    folds: country               # a fold of orchestration/policy/things.py: keys that it makes one stand twice
    by: {column: kind, a: {holds: host}, b: {refers_to: countries}}    # what it is where another column says a or b
config of a seed
  meta:
    refers_to: [{columns: [a, b], to: contract_columns}]    # columns that name one thing together
    case: matters                # keys that differ in case or blanks only are two
    same: [{column: time_zone, of: [region]}]              # of each region one time zone
    both: [{column: is_treated, of: [test]}]               # of each test a row that is and one that is not
    in_order: [{earlier: a_end, later: b_start}]           # no day of the one is after that of the other
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from orchestration.policy.kinds import KINDS
from orchestration.policy.things import FOLDS, THINGS

TYPES = ("bigint", "boolean", "date", "decimal", "double", "string")
_COLUMN_META = {"holds", "refers_to", "or", "range", "folds", "by"}
_SEED_META = {"refers_to", "case", "same", "both", "in_order"}
_REF = re.compile(r"""ref\(\s*['"](\w+)['"]\s*\)""")
_DECIMAL = re.compile(r"decimal\(\s*\d+\s*,\s*(\d+)\s*\)")


@dataclass(frozen=True)
class Column:
    """One column: `references` are (seed, column) where its values stand; `least` and `most` limit a number.

    `scale` is how many decimals the warehouse keeps of a decimal.
    """

    name: str
    data_type: str
    scale: int | None = None
    is_required: bool = False
    accepted: tuple[str, ...] = ()
    references: tuple[tuple[str, str], ...] = ()
    holds: str | None = None
    refers_to: str | None = None
    also: tuple[str, ...] = ()
    least: float | None = None
    most: float | None = None
    folds: str | None = None
    by: str | None = None
    cases: Mapping[str, "Case"] = field(default_factory=dict)


@dataclass(frozen=True)
class Case:
    """What a column is where another one has a certain value."""

    holds: str | None = None
    refers_to: str | None = None
    folds: str | None = None


@dataclass(frozen=True)
class Interval:
    """Of each `of`, no two rows hold at one time, from `starts` until before `ends`, and none ends before it starts."""

    of: tuple[str, ...]
    starts: str
    ends: str
    has_gaps: bool


@dataclass(frozen=True)
class Same:
    """Of each `of`, every row has the same value in `column`."""

    column: str
    of: tuple[str, ...]


@dataclass(frozen=True)
class Both:
    """Of each `of`, the column is true in one row and false in another."""

    column: str
    of: tuple[str, ...]


@dataclass(frozen=True)
class Order:
    """In each row, the day `earlier` is not after the day `later`."""

    earlier: str
    later: str


@dataclass(frozen=True)
class Reference:
    """Columns that together name one of a list of things."""

    columns: tuple[str, ...]
    to: str


@dataclass(frozen=True)
class Seed:
    """The rules of one seed, and the file they stand in. `keys` are sets of columns of which no two rows are equal."""

    name: str
    file: str
    columns: Mapping[str, Column]
    keys: tuple[tuple[str, ...], ...]
    intervals: tuple[Interval, ...]
    references: tuple[Reference, ...]
    sames: tuple[Same, ...]
    boths: tuple[Both, ...]
    orders: tuple[Order, ...]
    is_case_of_account: bool


def read(folder: Path) -> dict[str, Seed]:
    """Every seed of the YAML in `folder` by name; raises ValueError naming file, seed, column and what is wrong."""
    seeds: dict[str, Seed] = {}
    for path in sorted(folder.glob("*.yml")):
        for node in yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)["seeds"]:
            seed = _seed(node, file=f"{folder.name}/{path.name}")
            if seed.name in seeds:
                raise ValueError(f"{seed.file}: seed {seed.name!r} stands in {seeds[seed.name].file} too; keep one")
            seeds[seed.name] = seed
    return seeds


def _seed(node: Mapping[str, Any], *, file: str) -> Seed:
    place = f"{file}, seed {node['name']!r}"
    config = node.get("config", {})
    meta = _meta(node, _SEED_META, place)
    types = config.get("column_types", {})
    nodes = {column["name"]: column for column in node.get("columns", ())}
    if not types:
        raise ValueError(f"{place}: config.column_types is missing; name every column and its type")
    for name in nodes.keys() - types.keys():
        raise ValueError(f"{place}: column {name!r} has no type; add it to config.column_types")
    tests = list(_tests(node))
    keys = [tuple(arguments["columns"]) for test, arguments in tests if test == "grain"]
    filled = [column for test, arguments in tests if test == "filled" for column in arguments["columns"]]
    unique = [(name,) for name, column in nodes.items() if any(test == "unique" for test, _ in _tests(column))]
    required = {*filled, *(column for key in keys for column in key)}
    seed = Seed(
        name=node["name"],
        file=file,
        columns={
            name: _column(name, data_type, nodes.get(name, {}), required, place) for name, data_type in types.items()
        },
        keys=tuple([*keys, *unique]),
        intervals=tuple(_interval(arguments) for test, arguments in tests if test == "one_at_a_time"),
        references=tuple(_reference(entry, place) for entry in meta.get("refers_to", ())),
        sames=tuple(Same(entry["column"], tuple(entry["of"])) for entry in meta.get("same", ())),
        boths=tuple(Both(entry["column"], tuple(entry["of"])) for entry in meta.get("both", ())),
        orders=tuple(Order(entry["earlier"], entry["later"]) for entry in meta.get("in_order", ())),
        is_case_of_account=meta.get("case") == "matters",
    )
    named = {
        *required,
        *(name for interval in seed.intervals for name in (*interval.of, interval.starts, interval.ends)),
        *(name for reference in seed.references for name in reference.columns),
        *(name for rule in (*seed.sames, *seed.boths) for name in (rule.column, *rule.of)),
        *(name for order in seed.orders for name in (order.earlier, order.later)),
        *(column.by for column in seed.columns.values() if column.by),
    }
    for name in named - types.keys():
        raise ValueError(f"{place}: a rule names column {name!r}, which config.column_types lacks; correct either")
    return seed


def _column(name: str, data_type: str, node: Mapping[str, Any], required: set[str], place: str) -> Column:
    place = f"{place}, column {name!r}"
    meta = _meta(node, _COLUMN_META, place)
    tests = list(_tests(node))
    scale = _DECIMAL.fullmatch(data_type)
    base = "decimal" if scale else data_type
    if base not in TYPES:
        raise ValueError(f"{place}: type {data_type!r} is unknown; write one of {', '.join(TYPES)}, decimal as (4,2)")
    accepted = [str(value) for test, arguments in tests if test == "accepted_values" for value in arguments["values"]]
    limits = meta.get("range", (None, None))
    if len(limits) != 2 or any(isinstance(limit, str) for limit in limits):
        raise ValueError(f"{place}: range {limits!r} is none; write [least, most], null where there is no limit")
    cases = {value: case for value, case in meta.get("by", {}).items() if value != "column"}
    for told in (meta, *cases.values()):
        _refuse_unknown(place, "holds", told.get("holds"), KINDS)
        _refuse_unknown(place, "refers_to", told.get("refers_to"), THINGS)
        _refuse_unknown(place, "folds", told.get("folds"), FOLDS)
    return Column(
        name=name,
        data_type=base,
        scale=int(scale[1]) if scale else None,
        is_required=name in required or any(test == "not_null" for test, _ in tests),
        accepted=tuple(accepted),
        references=tuple(_target(arguments, place) for test, arguments in tests if test == "relationships"),
        holds=meta.get("holds"),
        refers_to=meta.get("refers_to"),
        also=tuple(str(value) for value in meta.get("or", ())),
        least=limits[0],
        most=limits[1],
        folds=meta.get("folds"),
        by=meta.get("by", {}).get("column"),
        cases={
            value: Case(case.get("holds"), case.get("refers_to"), case.get("folds")) for value, case in cases.items()
        },
    )


def _refuse_unknown(place: str, key: str, name: str | None, known: Collection[str]) -> None:
    if name is not None and name not in known:
        raise ValueError(f"{place}: {key} {name!r} is unknown; known are {', '.join(sorted(known))}")


def _tests(node: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """(name, arguments) of each data test; those that this module does not know dbt alone runs."""
    for test in node.get("data_tests", ()):
        if isinstance(test, str):
            yield test, {}
        else:
            for name, options in test.items():
                yield name, (options or {}).get("arguments", {})


def _interval(arguments: Mapping[str, Any]) -> Interval:
    return Interval(
        of=tuple(arguments["of"]),
        starts=arguments.get("starts", "valid_from"),
        ends=arguments.get("ends", "valid_to"),
        has_gaps=arguments.get("gaps", "allowed") == "allowed",
    )


def _reference(entry: Mapping[str, Any], place: str) -> Reference:
    _refuse_unknown(place, "refers_to", entry["to"], THINGS)
    return Reference(tuple(entry["columns"]), entry["to"])


def _target(arguments: Mapping[str, Any], place: str) -> tuple[str, str]:
    found = _REF.fullmatch(str(arguments["to"]).strip())
    if not found:
        raise ValueError(f"{place}: relationships to {arguments['to']!r}; write ref('<seed>')")
    return found[1], arguments["field"]


def _meta(node: Mapping[str, Any], known: set[str], place: str) -> Mapping[str, Any]:
    meta = node.get("config", {}).get("meta", {})
    for key in meta:
        _refuse_unknown(place, "meta", key, known)
    return meta
