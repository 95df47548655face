"""Where the rows of a model come from, read from its SQL: what it selects from and joins inner, not what it adds."""

import re
from collections.abc import Collection, Iterable, Mapping
from functools import cached_property
from typing import Any

INSIDE = r"(?:(?!\}\}).)*?"
REF = re.compile(rf"\{{\{{{INSIDE}\bref\(\s*'(\w+)'\s*\){INSIDE}\}}\}}", re.DOTALL)
SOURCE = re.compile(rf"\{{\{{{INSIDE}\bsource\(\s*'(\w+)'\s*,\s*'(\w+)'\s*\){INSIDE}\}}\}}", re.DOTALL)
NOISE = re.compile(r"--[^\n]*|\{#.*?#\}|\{%.*?%\}|'(?:[^']|'')*'", re.DOTALL)
CTE = re.compile(r"(?:\bwith|,)\s*(?:recursive\s+)?(\w+)\s+as\s*\($", re.IGNORECASE)
SELECTED = re.compile(r"\b(?:from|join)\s*$", re.IGNORECASE)
UNION = re.compile(r"\bunion(?:\s+all|\s+by\s+name|\s+distinct)*\b", re.IGNORECASE)
# What a row can't do without; a full join asks for either side and counts as neither.
NEEDED = re.compile(r"(?:\bfrom|(?<!left )(?<!full )\b(?:inner |cross |asof )?join)\s+([\w.:]+)", re.IGNORECASE)


NOTHING: frozenset[str] = frozenset()


class Rows:
    """What the models of a manifest lack to have rows, given the raw tables (`system.table`) that have some.

    `entities` are the models by which that is told; it is the raw table where none stands between.
    """

    def __init__(self, manifest: Mapping[str, Any], loaded: Collection[str], *, entities: Collection[str]) -> None:
        self._nodes = manifest["nodes"]
        self._parents = manifest["parent_map"]
        self._loaded = loaded
        self._entities = entities
        self._known: dict[str, frozenset[str]] = {}

    @cached_property
    def _ids(self) -> dict[str, str]:
        return {node["name"]: name for name, node in self._nodes.items() if node["resource_type"] in ("model", "seed")}

    def lacks(self, name: str) -> frozenset[str]:
        """The fewest entities of which a model needs something told; none when it can have rows, as a seed does."""
        node = self._ids[name]
        if self._nodes[node]["resource_type"] == "seed":
            return NOTHING
        if node not in self._known:
            self._known[node] = frozenset({name})  # a model is not made of itself
            found = self._read(node)
            self._known[node] = frozenset({name}) if found and name in self._entities else found
        return self._known[node]

    def _read(self, node: str) -> frozenset[str]:
        body, parts = _parts(self._nodes[node]["raw_code"])
        if "select" not in body.lower() and parts:  # a macro ends it, reading its last CTE
            body = f"select from {[*parts][-1]}"
        if not NEEDED.search(body) and not parts:  # a macro writes it, uniting what each system tells
            models = [parent for parent in self._parents[node] if parent.startswith("model.")]
            return _fewest(self.lacks(self._nodes[parent]["name"]) for parent in models)
        return self._lacked_by(body, parts, {})

    def _lacked_by(self, body: str, parts: Mapping[str, str], known: dict[str, frozenset[str]]) -> frozenset[str]:
        selects = (NEEDED.findall(part) for part in UNION.split(body) if "select" in part.lower())
        # An incremental model's own former rows are no rows yet.
        return _fewest(
            NOTHING.union(*(self._lacked(name, parts, known) for name in names))
            for names in selects
            if names != ["this"]
        )

    def _lacked(self, name: str, parts: Mapping[str, str], known: dict[str, frozenset[str]]) -> frozenset[str]:
        kind, _, rest = name.partition(":")
        if rest:
            return self.lacks(rest) if kind == "ref" else frozenset({rest}) - {*self._loaded}
        if name in parts and name not in known:
            known[name] = frozenset({name})  # the recursive half of a CTE needs rows of the other half
            known[name] = self._lacked_by(parts[name], parts, known)
        return known.get(name, NOTHING)


def _fewest(lacks: Iterable[frozenset[str]]) -> frozenset[str]:
    return min(lacks, key=lambda lacked: (len(lacked), sorted(lacked)), default=NOTHING)


def _parts(code: str) -> tuple[str, dict[str, str]]:
    """The last select of a model, and the bodies of its CTEs and of what it selects from in brackets."""
    text = SOURCE.sub(r"source:\1.\2", REF.sub(r"ref:\1", code))
    text = re.sub(r"\{\{\s*this\s*\}\}", " this ", NOISE.sub(" ", text))
    text = re.sub(r"\{\{.*?\}\}", " ", text, flags=re.DOTALL)
    parts: dict[str, str] = {}
    names: list[str | None] = []
    bodies: list[list[str]] = [[]]
    for piece in re.split(r"([()])", text):
        if piece == "(":
            found = CTE.search("".join(bodies[-1]) + "(")
            names.append(found[1] if found and len(bodies) == 1 else None)
            bodies.append([])
        elif piece == ")" and names:
            body, name = "".join(bodies.pop()), names.pop()
            if not name and SELECTED.search("".join(bodies[-1])):
                name = f"in_brackets_{len(parts)}"
                bodies[-1].append(f" {name} ")
            if name:
                parts[name] = body
        else:
            bodies[-1].append(piece)
    last = "".join(bodies[0])
    return last[max(0, last.lower().find("select")) :], parts
