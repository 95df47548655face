"""Which marts have rows once a landing is loaded, by the SQL of the dbt project and its lineage."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orchestration import lineage
from orchestration.checking.rows import Rows
from orchestration.settings import Settings

CONFORMED = "conformed"


@dataclass(frozen=True)
class Mart:
    """A mart, and the entities of which something must be told before it has rows; none when it will have some."""

    name: str
    lacks: tuple[str, ...]


def judge_marts(loaded: Collection[str], *, settings: Settings, scratch: Path) -> list[Mart]:
    """Every mart by name; `loaded` are the tables with rows, as `system.table`."""
    from orchestration.transformation.runner import read_manifest

    return marts_of(read_manifest(settings, scratch=scratch), loaded=loaded)


def marts_of(manifest: Mapping[str, Any], *, loaded: Collection[str]) -> list[Mart]:
    """Every mart of a manifest by name."""
    # Models right below conformed/ are entities, each united of what the systems tell.
    conformed = lineage.models_of(manifest, layer=CONFORMED).values()
    rows = Rows(manifest, loaded, entities={node["name"] for node in conformed if len(node["fqn"]) == 3})
    marts = sorted(node["name"] for node in lineage.models_of(manifest, layer="marts").values())
    return [Mart(name, tuple(sorted(rows.lacks(name)))) for name in marts]
