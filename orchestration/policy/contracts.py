"""What is wrong with the contracts of raw tables, by line: words that ingestion does not know, columns named twice."""

import codecs
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_args

import yaml

from orchestration import contracts
from orchestration.contracts import Format
from orchestration.policy import marked
from orchestration.policy.findings import Finding
from orchestration.policy.kinds import time_zones
from orchestration.policy.marked import Marked
from orchestration.settings import DBT_PROJECT, PROJECT

_SOURCE_META = {"header_prefixes", "header_suffixes", "nests", "null_spellings", "timestamps"}
_TABLE_META = _SOURCE_META | {
    "additive", "cursor", "decimal", "delivery", "encoding", "held_by", "identity", "key", "least_held", "least_known",
    "mode", "numbered_by", "one_of", "required", "restated_by", "rows_under", "rows_within",
}  # fmt: skip
_COLUMN_META = {
    "aliases", "custom_field", "format", "may_share", "null_spellings", "pii", "required", "same_as", "stands_in_for",
    "told_by", "urn",
}  # fmt: skip
_WORDS = {
    "mode": ("snapshot", "incremental", "events"),
    "delivery": ("file", "day", "manifest"),
    "decimal": ("point", "comma"),
}
_TYPES = ("bigint", "boolean", "date", "decimal", "double", "string", "timestamp")
_ENTITIES = ("people", "accounts", "opportunities")


@dataclass(frozen=True)
class _Place:
    """A place in one file, and how to say what is wrong there."""

    file: str
    document: Marked
    path: tuple[str | int, ...]
    named: str

    def below(self, *path: str | int, named: str | None = None) -> "_Place":
        return _Place(self.file, self.document, (*self.path, *path), named or self.named)

    def finding(self, value: Any, wrong: str, known: Collection[str]) -> Finding:
        meant = get_close_matches(str(value), known, n=1)
        remedy = f"did you mean {meant[0]!r}?" if meant else f"write one of {', '.join(sorted(known))}"
        line = self.document.line(*self.path)
        return Finding(self.file, wrong, remedy, line=line, column=self.named, value=str(value))


def faults() -> list[Finding]:
    """Every fault of every file of contracts, by file and line."""
    paths = sorted((DBT_PROJECT / "models" / "staging").glob("*/_*__sources.yml"))
    found = [finding for path in paths if path.parent.name != contracts.LAKE for finding in _file(path)]
    return sorted(found, key=lambda finding: (finding.file, finding.line or 0))


def _file(path: Path) -> Iterator[Finding]:
    file = path.relative_to(PROJECT).as_posix()
    try:
        document = marked.read(path)
        yield from _document(file, document)
        contracts.read(path)
    except yaml.YAMLError as error:
        yield Finding(file, f"is no YAML: {' '.join(str(error).split())}", "correct the line that it names")
    except KeyError as error:
        yield Finding(file, f"lacks {error} where every contract has it", "add it")
    except ValueError as error:
        yield Finding(file, f"can't be read: {str(error).removeprefix(f'{path}: ')}", "correct what it names")


def _document(file: str, document: Marked) -> Iterator[Finding]:
    for number, source in enumerate(document.data["sources"]):
        place = _Place(file, document, ("sources", number), source["name"])
        yield from _meta(place, source, _SOURCE_META)
        for position, table in enumerate(source["tables"]):
            yield from _table(place.below("tables", position, named=f"{source['name']}.{table['name']}"), table)


def _table(place: _Place, table: Mapping[str, Any]) -> Iterator[Finding]:
    yield from _meta(place, table, _TABLE_META)
    names: set[str] = set()
    for position, column in enumerate(table["columns"]):
        here = place.below("columns", position, named=f"{place.named}.{column['name']}")
        yield from _meta(here, column, _COLUMN_META)
        meta = column.get("config", {}).get("meta", {})
        if str(column["data_type"]).split("(")[0] not in _TYPES:
            yield here.below("data_type").finding(column["data_type"], "is no type that ingestion reads", _TYPES)
        if meta.get("format") not in (None, *get_args(Format)):
            yield here.below("config").finding(meta["format"], "is no format that ingestion reads", get_args(Format))
        entity = str(meta.get("custom_field", _ENTITIES[0])).split(".")[0]
        if entity not in _ENTITIES:
            yield here.below("config").finding(entity, "has no custom fields", _ENTITIES)
        if column["name"] in names:
            line, remedy = here.document.line(*here.path), "keep one of the two"
            yield Finding(here.file, "stands twice", remedy, line=line, column=place.named, value=column["name"])
        names.add(column["name"])


def _meta(place: _Place, node: Mapping[str, Any], known: Collection[str]) -> Iterator[Finding]:
    meta = node.get("config", {}).get("meta", {})
    at = place.below("config", "meta")
    for key in meta.keys() - known:
        yield at.below(key).finding(key, "is nothing that a contract says here", known)
    for key, words in _WORDS.items():
        if key in meta and meta[key] not in words:
            yield at.below(key).finding(meta[key], f"is no {key}", words)
    zone = meta.get("timestamps", {}).get("zone", "UTC")
    if zone not in time_zones():
        yield at.below("timestamps", "zone").finding(zone, "is no time zone", time_zones())
    if "encoding" in meta and not _is_encoding(meta["encoding"]):
        yield at.below("encoding").finding(meta["encoding"], "is no encoding", ("utf-8", "cp1252", "latin-1", "utf-16"))


def _is_encoding(name: str) -> bool:
    try:
        codecs.lookup(name)
    except LookupError:
        return False
    return True
