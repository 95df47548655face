"""When tables that keep their rows must be built whole: the record of what each was built by and from.

Such a table is right as long as the lake only gains batches and what made its rows stays the same: its SQL and that of
its ancestors, their macros, seeds, contracts and vars, and the engine. The record lies beside the warehouse; where it
differs, or is gone, the next night builds whole.
"""

import hashlib
import json
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from orchestration import contracts
from orchestration.ingestion.ledger import table_batches
from orchestration.settings import Settings
from orchestration.whole_files import write_whole

FIRST = "no record of an earlier build"
_VAR = re.compile(r"""\bvar\(\s*["'](\w+)["']""")


@dataclass(frozen=True)
class Record:
    """What the tables were built by (a fingerprint per model) and from (every batch of the lake they may hold).

    `because` is why models without a fingerprint are built whole.
    """

    built_by: Mapping[str, str] = field(default_factory=dict)
    batches: frozenset[str] = frozenset()
    because: str = FIRST


def forget(settings: Settings, *, because: str) -> None:
    """Have the next build make every such table whole."""
    _write(settings, Record(because=because))


def reason_to_rebuild(settings: Settings, manifest: Mapping[str, Any], *, models: Collection[str]) -> str | None:
    """Why those of `models` that keep their rows must be built whole; None when new batches are enough.

    Takes down the lake's batches first, so that one that is swept away later is missed even if this build dies.
    """
    kept = [name for name in keeping_rows(manifest) if name in models]
    if not kept:
        return None
    record = _read(settings)
    batches = _batches(settings, manifest)
    gone = record.batches - batches
    if gone:
        record = Record(because=f"{len(gone)} batches that they were built from are gone from the lake")
    _write(settings, replace(record, batches=batches))
    for name in kept:
        if name not in record.built_by:
            return record.because
        if record.built_by[name] != fingerprint(settings, manifest, name):
            return f"what makes {manifest['nodes'][name]['name']} changed"
    return None


def record_built(settings: Settings, manifest: Mapping[str, Any], *, models: Iterable[str]) -> None:
    """Take down what `models` were built by; a model whose own inputs are not up to date stays without."""
    record = _read(settings)
    built_by = dict(record.built_by)
    kept = keeping_rows(manifest)
    current = {name: fingerprint(settings, manifest, name) for name in kept}
    for name in (name for name in kept if name in set(models)):
        inputs = [parent for parent in kept if parent != name and parent in _ancestors(manifest, name)]
        if all(built_by.get(parent) == current[parent] for parent in inputs):
            built_by[name] = current[name]
    _write(settings, replace(record, built_by=built_by))


def keeping_rows(manifest: Mapping[str, Any]) -> list[str]:
    """Ids of the models that keep their rows from night to night, inputs first."""
    found = [
        name
        for name, node in manifest["nodes"].items()
        if node["resource_type"] == "model" and node["config"]["materialized"] == "incremental"
    ]
    return sorted(found, key=lambda name: (len(_ancestors(manifest, name)), name))


def fingerprint(settings: Settings, manifest: Mapping[str, Any], name: str) -> str:
    """A hash of everything but the lake that the rows of model `name` follow from.

    Raises ValueError when they follow from the clock, which no record could tell.
    """
    nodes = [node for parent in _ancestors(manifest, name) if (node := _node(manifest, parent))]
    macros = _macros(manifest, nodes)
    code = [macros[macro] for macro in sorted(macros)]
    for node in nodes:
        code.append(node.get("raw_code") or "")
        if node["resource_type"] == "seed":
            code.append(node["checksum"]["checksum"])
        if node["resource_type"] == "source":
            columns = {column: described["data_type"] for column, described in node["columns"].items()}
            code.append(json.dumps([node["config"]["meta"], columns], sort_keys=True, default=str))
    policy = contracts.policy()
    named = sorted({found for text in code for found in _VAR.findall(text)} - {"lake"})
    if "as_of" in named:
        raise ValueError(f"{name} keeps its rows, so it must not read as_of; read the clock in a model behind it")
    engine = [settings.target, version("dbt-core"), version("duckdb")]
    text = json.dumps([engine, [(var, policy.get(var)) for var in named], code])
    return hashlib.sha256(text.encode()).hexdigest()[:20]


def _ancestors(manifest: Mapping[str, Any], name: str) -> list[str]:
    """The node itself and all it is made from, sorted."""
    found, waiting = set(), [name]
    while waiting:
        current = waiting.pop()
        if current not in found:
            found.add(current)
            waiting += (_node(manifest, current) or {}).get("depends_on", {}).get("nodes", [])
    return sorted(found)


def _macros(manifest: Mapping[str, Any], nodes: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """This project's macros that the nodes use, directly or not; those of dbt change with its version."""
    found: dict[str, str] = {}
    waiting = [macro for node in nodes for macro in node.get("depends_on", {}).get("macros", [])]
    while waiting:
        name = waiting.pop()
        macro = manifest["macros"].get(name)
        if macro and name not in found and macro["package_name"] == "touchstone":
            found[name] = macro["macro_sql"]
            waiting += macro["depends_on"]["macros"]
    return found


def _node(manifest: Mapping[str, Any], name: str) -> Mapping[str, Any] | None:
    return manifest["nodes"].get(name) or manifest["sources"].get(name)


def _batches(settings: Settings, manifest: Mapping[str, Any]) -> frozenset[str]:
    """The batch files of every raw table that these models read, by their place in the lake."""
    parents = {parent for name in keeping_rows(manifest) for parent in _ancestors(manifest, name)}
    sources = [manifest["sources"][parent] for parent in sorted(parents) if parent in manifest["sources"]]
    return frozenset(
        path.relative_to(settings.lake).as_posix()
        for source in sources
        for path in table_batches(settings.lake, source["source_name"], source["name"])
    )


def _read(settings: Settings) -> Record:
    try:
        stored = json.loads(_place(settings).read_text())
    except FileNotFoundError:
        return Record()
    return Record(stored["built_by"], frozenset(stored["batches"]), stored["because"])


def _write(settings: Settings, record: Record) -> None:
    place = _place(settings)
    place.parent.mkdir(parents=True, exist_ok=True)
    stored = {"built_by": dict(record.built_by), "batches": sorted(record.batches), "because": record.because}
    write_whole(place, json.dumps(stored, indent=1) + "\n")


def _place(settings: Settings) -> Path:
    return settings.warehouse.with_name("built.json")
