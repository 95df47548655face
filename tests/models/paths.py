"""Channel credits of paths that a test makes: one build of the models for as many sets of paths as it likes."""

import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration import contracts
from orchestration.ingestion.ledger import ensure_shapes
from tests.parsed import run

MODELS = ("int_attribution_path_steps", "int_markov_transitions", "int_markov_orders", "int_markov_removals",
          "int_markov_credits", "int_attribution_path_channels", "int_shapley_players", "int_shapley_coalitions",
          "int_shapley_credits")  # fmt: skip
Channels = tuple[str, ...]


@dataclass(frozen=True)
class Counts:
    """Journeys of one path: that converted, and that did not."""

    conversions: int
    others: int = 0


Paths = Mapping[Channels, Counts]


def table(rows: Iterable[tuple[str, int, int]]) -> Paths:
    """Paths as publications print them: (`A > B`, conversions, nulls)."""
    return {tuple(path.split(" > ")): Counts(conversions, nulls) for path, conversions, nulls in rows}


def drawn(journeys: Iterable[tuple[Sequence[str], bool]]) -> Paths:
    """Paths of single journeys, each with whether it converted."""
    counts: Counter[tuple[Channels, bool]] = Counter((tuple(path), converted) for path, converted in journeys)
    return {path: Counts(counts[path, True], counts[path, False]) for path, _ in counts}


def many_paths(count: int, *, channels: int, seed: int) -> Paths:
    """Distinct paths of channels, some of which come more often than others."""
    draw = random.Random(seed)
    names = [f"channel_{number:02}" for number in range(channels)]
    weights = [1 / (rank + 1) for rank in range(channels)]
    paths: dict[tuple[str, ...], Counts] = {}
    while len(paths) < count:
        length = min(1 + int(draw.expovariate(0.2)), 40)
        path = tuple(draw.choices(names, weights, k=length))
        paths[path] = Counts(draw.randrange(4), draw.randrange(1, 20))
    return paths


def build(path_sets: Sequence[Paths], *, folder: Path, variables: str = "{}") -> Path:
    """The warehouse in which each set of paths is an attribution setting, named by its number."""
    warehouse = folder / "work.duckdb"
    with duckdb.connect(str(warehouse)) as connection:
        write(connection, path_sets)
    ensure_shapes(contracts.load().values(), lake=folder / "lake")
    result = run(
        ["run", "--select", *MODELS, "--vars", variables],
        artifacts=folder,
        warehouse=warehouse,
        lake=folder / "lake",
        as_of="2026-07-01 02:00:00",
    )
    failed = [(node.node.name, node.message) for node in result.results if node.status != "success"]
    assert failed == [], failed
    return warehouse


def write(connection: duckdb.DuckDBPyConnection, path_sets: Sequence[Paths]) -> None:
    """The table of paths that the models read."""
    connection.execute("create schema if not exists intermediate")
    connection.execute(
        "create or replace table intermediate.int_attribution_paths (attribution_setting varchar, basis varchar, "
        "path varchar, path_number bigint, touch_count bigint, conversion_count hugeint, non_conversion_count hugeint, "
        "amount_usd decimal(38, 2))"
    )
    rows = [
        (str(number), "revenue", " > ".join(path) or "unattributed", len(path), counts.conversions, counts.others)
        for number, paths in enumerate(path_sets)
        for path, counts in paths.items()
    ]
    columns = [list(column) for column in zip(*rows, strict=True)]
    connection.execute(
        "insert into intermediate.int_attribution_paths "
        "select s, b, p, row_number() over (order by s, b, p), t, c, n, c * 100 from (select unnest($1) as s, "
        "unnest($2) as b, unnest($3) as p, unnest($4) as t, unnest($5) as c, unnest($6) as n)",
        columns,
    )


def markov(warehouse: Path, column: str = "credit_share") -> dict[tuple[int, str], dict[str, float]]:
    """{(number of the set, model): {channel: value}}"""
    return _read(warehouse, "int_markov_credits", column)


def shapley(warehouse: Path, column: str = "credit_share") -> dict[tuple[int, str], dict[str, float]]:
    """{(number of the set, model): {channel: value}}"""
    return _read(warehouse, "int_shapley_credits", column)


def _read(warehouse: Path, model: str, column: str) -> dict[tuple[int, str], dict[str, float]]:
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        rows = connection.execute(
            f"select attribution_setting, attribution_model, channel, {column} from intermediate.{model}"
        ).fetchall()
    found: dict[tuple[int, str], dict[str, float]] = {}
    for number, name, channel, value in rows:
        found.setdefault((int(number), name), {})[channel] = value
    return found
