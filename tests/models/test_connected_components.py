"""Who is linked to whom over any number of links, against a brute-force search; a chain and a star at field size."""

import random
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import duckdb
import pytest

from orchestration import contracts
from orchestration.ingestion.ledger import ensure_shapes
from tests.parsed import run

pytestmark = pytest.mark.slow

STAR = 1_000_000
Edge = tuple[int, int]


def chain(nodes: list[int]) -> list[Edge]:
    """Each node linked to the next."""
    return list(pairwise(nodes))


def small_graphs(draw: random.Random) -> list[Edge]:
    """Graphs of every shape, side by side: chains in order and out of it, cycles, a grid, trees, random links."""
    shuffled = draw.sample(range(10_000, 15_000), 5_000)
    side = range(100)
    grid = [(20_000 + 100 * row + column, 20_000 + 100 * row + column + 1) for row in side for column in side[:-1]]
    grid += [(20_000 + 100 * row + column, 20_000 + 100 * (row + 1) + column) for row in side[:-1] for column in side]
    return [
        *chain(list(range(1, 5_001))),
        *chain(shuffled),
        *chain([*range(16_000, 16_500), 16_000]),
        *grid,
        *((31_000 + child, 31_000 + (child - 1) // 2) for child in range(1, 4_000)),
        *((draw.randrange(40_000, 60_000), draw.randrange(40_000, 60_000)) for _ in range(12_000)),
        (70_000, 70_000),
        (70_001, 70_002),
        (70_002, 70_001),
        (70_001, 70_002),
    ]


def smallest_linked(edges: list[Edge]) -> dict[int, int]:
    """The smallest node of each linked node's component, by union and find."""
    parents: dict[int, int] = {}

    def root(node: int) -> int:
        while parents.setdefault(node, node) != node:
            parents[node] = parents[parents[node]]
            node = parents[node]
        return node

    for one, other in edges:
        if one != other:
            low, high = sorted((root(one), root(other)))
            parents[high] = low
    return {node: root(node) for node in parents}


@pytest.fixture(scope="module")
def edges() -> list[Edge]:
    """The links of the small graphs."""
    return small_graphs(random.Random(7))


@pytest.fixture(scope="module")
def components(tmp_path_factory: pytest.TempPathFactory, edges: list[Edge]) -> Iterator[duckdb.DuckDBPyConnection]:
    """The warehouse with int_person_components built on the small graphs and a star of a million from node 100,000."""
    folder = tmp_path_factory.mktemp("components")
    warehouse = folder / "work.duckdb"
    _write(warehouse, edges)
    ensure_shapes(contracts.load().values(), lake=folder / "lake")
    result = run(
        ["run", "--select", "int_person_components"],
        artifacts=folder,
        warehouse=warehouse,
        lake=folder / "lake",
        as_of="2026-07-01 02:00:00",
    )
    assert {node.status for node in result.results} == {"success"}
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        yield connection


def _write(warehouse: Path, edges: list[Edge]) -> None:
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("create schema intermediate")
        connection.execute(
            "create table intermediate.int_person_nodes as "
            f"select 'r' || node as person_record_id, node from range({100_000 + STAR + 1}) as nodes (node)"
        )
        connection.execute("create table given (a bigint, b bigint)")
        connection.execute(
            "insert into given select unnest($1), unnest($2)", [list(side) for side in zip(*edges, strict=True)]
        )
        connection.execute(
            f"insert into given select {100_000 + STAR}, node from range(100_000, {100_000 + STAR}) as n (node)"
        )
        connection.execute(
            "create table intermediate.int_identity_edges as "
            "select 'r' || a as person_record_id_a, 'r' || b as person_record_id_b from given"
        )


def test_every_shape_of_links_is_followed_to_its_end(components, edges):
    found = components.execute("select node, component from intermediate.int_person_components where node < 100_000")
    assert dict(found.fetchall()) == smallest_linked(edges)


def test_a_star_of_a_million_is_one(components):
    found = components.execute(
        "select count(*), count(distinct node), min(component), max(component) "
        "from intermediate.int_person_components where node >= 100_000"
    ).fetchone()
    assert found == (STAR + 1, STAR + 1, 100_000, 100_000)


def test_nothing_of_the_search_is_left_behind(components):
    names = {name for (name,) in components.execute("select table_name from information_schema.tables").fetchall()}
    assert not {name for name in names if name.startswith("int_person_components__")}
