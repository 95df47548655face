"""What lies behind what: a failure stops what reads it, by dbt's own lineage, and nothing else."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Manifest = Mapping[str, Any]


@dataclass(frozen=True)
class Failure:
    """Why something is not to be read: the check, test or model that failed, its first line, who repairs it and how."""

    name: str
    found: str
    owner: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.name}: {self.found}"


def behind(manifest: Manifest, node: str) -> Iterator[str]:
    """Ids of everything that reads `node`, directly or not, the nearest first."""
    yield from _walk(manifest["child_map"], node)


def before(manifest: Manifest, node: str) -> Iterator[str]:
    """Ids of everything that `node` is made from, directly or not, the nearest first."""
    yield from _walk(manifest["parent_map"], node)


def blame(manifest: Manifest, failures: Mapping[str, Failure]) -> dict[str, Failure]:
    """For every node that failed or reads one that did: its own failure, else the earliest of `failures` before it."""
    blamed = dict(failures)
    for node, failure in failures.items():
        for reader in behind(manifest, node):
            blamed.setdefault(reader, failure)
    return blamed


def suspects(manifest: Manifest, test: str) -> list[str]:
    """Ids of the tables that a failed data test casts doubt on.

    A test that is declared on a model doubts that model. One that compares several tables doubts those made from the
    others: what comes out of a chain is held against what went in.
    """
    node = manifest["nodes"][test]
    if node.get("attached_node"):
        return [node["attached_node"]]
    compared = set(node["depends_on"]["nodes"])
    inputs = {found for parent in compared for found in before(manifest, parent)}
    return sorted(parent for parent in compared - inputs if not parent.startswith("seed.")) or sorted(compared)


def source(manifest: Manifest, system: str, table: str) -> str:
    """The id of a raw table; raises KeyError when no contract declares it."""
    for name, node in manifest["sources"].items():
        if (node["source_name"], node["name"]) == (system, table):
            return name
    raise KeyError(f"no source {system}.{table} in the dbt project")


def models_of(manifest: Manifest, *, layer: str | None = None) -> dict[str, Mapping[str, Any]]:
    """Models by id; those of one layer, a folder below `models/`, when named."""
    return {
        name: node
        for name, node in manifest["nodes"].items()
        if node["resource_type"] == "model" and layer in (None, node["fqn"][1])
    }


def _walk(neighbours: Mapping[str, list[str]], start: str) -> Iterator[str]:
    seen, waiting = {start}, [start]
    while waiting:
        for node in neighbours.get(waiting.pop(0), ()):
            if node not in seen:
                seen.add(node)
                waiting.append(node)
                yield node
