"""What is wrong with the file of a suite, by line: names that nothing has, and what would judge nothing."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import yaml

from orchestration.policy import expectation_types, marked
from orchestration.policy.assets import CONFORMED, LAYERS, MARTS, entities, tables
from orchestration.policy.findings import Finding
from orchestration.policy.marked import Marked
from orchestration.settings import EXPECTATIONS

# Every suite counts its rows first: an empty table passes nearly everything else.
HAS_ROWS = "has_rows"
SUITE_KEYS = ("name", "meta", "expectations")
META_KEYS = ("description", "asset_key", "owner", "queries")
MORE_META_KEYS = ("inputs", "samples")
EXPECTATION_KEYS = ("type", "kwargs", "severity", "description", "meta")
CHECK_KEYS = ("check", "owner", "remedy", "sample", "no_data", "holds_back")
# Arguments of the templates in expectations/queries/ that name a column of the raw table.
COLUMN_ARGUMENTS = ("column", "counted", "cursor")


@dataclass(frozen=True)
class _Suite:
    """One file: where it is, what it says, and what may be referred to."""

    file: str
    document: Marked
    templates: Collection[str]
    parameters: Collection[str]
    owners: Collection[str]

    def finding(
        self, *path: str | int, wrong: str, remedy: str, value: Any = None, near: Collection[str] = ()
    ) -> Finding:
        """A fault at `path`, which is named by its check and keys."""
        meant = get_close_matches(str(value), near, n=1) if near else []
        return Finding(
            self.file,
            wrong,
            f"did you mean {meant[0]!r}? Else {remedy}" if meant else remedy,
            line=self.document.line(*path),
            column=self._named(path),
            value=None if value is None else str(value),
        )

    def _named(self, path: tuple[str | int, ...]) -> str | None:
        if path[:1] != ("expectations",) or len(path) < 2:
            return ".".join(map(str, path)) or None
        expectation = self.document.data["expectations"][path[1]]
        check = (expectation.get("meta") or {}).get("check", f"number {int(path[1]) + 1}")
        return ", ".join(filter(None, [f"check {check!r}", ".".join(map(str, path[2:]))]))


def faults(path: Path, *, parameters: Collection[str], owners: Collection[str]) -> list[Finding]:
    """Every fault of one suite's file, in the order of its lines.

    `parameters` are what `$PARAMETER` may name, `owners` those of seeds/check_owners.csv.
    """
    file = f"expectations/{path.parent.name}/{path.name}"
    try:
        document = marked.read(path)
    except yaml.YAMLError as error:
        return [Finding(file, f"is no YAML: {' '.join(str(error).split())}", "correct the line that it names")]
    templates = {template.stem for template in (EXPECTATIONS / "queries").glob("*.sql")}
    suite = _Suite(file, document, templates, parameters, owners)
    missing = list(_keys(suite, (), document.data, required=SUITE_KEYS))
    missing += [] if missing else _keys(suite, ("meta",), document.data["meta"], META_KEYS, MORE_META_KEYS)
    found = missing or [*_suite(suite, path), *_queries(suite), *_expectations(suite)]
    return sorted(found, key=lambda finding: finding.line or 0)


def _keys(
    suite: _Suite,
    path: tuple[str | int, ...],
    node: Mapping[str, Any],
    required: Collection[str],
    allowed: Collection[str] = (),
) -> Iterator[Finding]:
    known = (*required, *allowed)
    for key in node:
        if key not in known:
            remedy = f"known are {', '.join(sorted(known))}"
            yield suite.finding(*path, key, wrong="is unknown", remedy=remedy, value=key, near=known)
    for key in required:
        if key not in node:
            place = ".".join(map(str, path[2:] if path[:1] == ("expectations",) else path)) or "the suite"
            yield suite.finding(*path, wrong=f"{key} is missing", remedy=f"{place} has {', '.join(required)}")


def _suite(suite: _Suite, path: Path) -> Iterator[Finding]:
    """Faults of what the suite is: its name, the table that it judges, who answers for it, its inputs."""
    data, meta = suite.document.data, suite.document.data["meta"]
    if data["name"] != path.stem:
        remedy = f"name it as its file, {path.stem!r}"
        yield suite.finding("name", wrong="is not the file's name", remedy=remedy, value=data["name"])
    if meta["owner"] not in suite.owners:
        wrong, remedy = "has no row in seeds/check_owners.csv", "add one"
        yield suite.finding("meta", "owner", wrong=wrong, remedy=remedy, value=meta["owner"], near=suite.owners)
    folder = path.parent.name
    is_of_models = folder in LAYERS
    known = {"/".join(key) for key in tables() if (key[0] == folder if is_of_models else key[0] not in LAYERS)}
    asset = "/".join(map(str, meta["asset_key"]))
    if asset not in known:
        nouns = {MARTS: "is no mart", CONFORMED: "is no entity"}
        wrong = nouns.get(folder, "is no raw table, so the suite would judge nothing")
        remedy = f"name one as [{f'{folder}, <model>' if is_of_models else '<system>, <table>'}]"
        remedy += "" if is_of_models else " of a contract"
        yield suite.finding("meta", "asset_key", wrong=wrong, remedy=remedy, value=asset, near=known)
    for place, entity in enumerate(meta.get("inputs", ())):
        if not isinstance(entity, str) or entity not in entities():
            remedy = "name a model of dbt_project/models/conformed/"
            where = ("meta", "inputs", place)
            yield suite.finding(*where, wrong="is no entity", remedy=remedy, value=entity, near=entities())


def _queries(suite: _Suite) -> Iterator[Finding]:
    """Faults of the templates that queries and samples name, and of the columns that they give to them."""
    meta = suite.document.data["meta"]
    # Templates with a column are of raw tables.
    columns = {} if meta["asset_key"][0] in LAYERS else tables().get(tuple(meta["asset_key"]), {})
    for part in ("queries", "samples"):
        for name, query in meta.get(part, {}).items():
            if isinstance(query, str):
                continue
            place = ("meta", part, name)
            if query.get("template") not in suite.templates:
                wrong, remedy = "is no template", "name a file of expectations/queries/"
                template = query.get("template")
                yield suite.finding(*place, wrong=wrong, remedy=remedy, value=template, near=suite.templates)
            for key in COLUMN_ARGUMENTS:
                if columns and key in query and query[key] not in columns:
                    wrong = f"is no column of {'/'.join(meta['asset_key'])}"
                    remedy = "name one that its contract declares"
                    yield suite.finding(*place, key, wrong=wrong, remedy=remedy, value=query[key], near=columns)


def _expectations(suite: _Suite) -> Iterator[Finding]:
    expectations = suite.document.data["expectations"]
    names = Counter((expectation.get("meta") or {}).get("check") for expectation in expectations)
    first = expectations[0] if expectations else {}
    if (first.get("meta") or {}).get("check") != HAS_ROWS or first.get("severity") != "critical":
        remedy = f"make the first check {HAS_ROWS!r}, critical: an empty table passes nearly everything else"
        yield suite.finding("expectations", 0, wrong="does not count its rows first", remedy=remedy)
    for place, expectation in enumerate(expectations):
        path = ("expectations", place)
        incomplete = list(_keys(suite, path, expectation, required=EXPECTATION_KEYS))
        meta = expectation.get("meta") or {}
        incomplete += _keys(suite, (*path, "meta"), meta, CHECK_KEYS[:1], CHECK_KEYS[1:])
        yield from incomplete
        if incomplete:
            continue
        if names[meta["check"]] > 1:
            remedy = "give each check a name of its own"
            yield suite.finding(*path, "meta", "check", wrong="stands twice", remedy=remedy, value=meta["check"])
        yield from _check(suite, path, expectation)


def _check(suite: _Suite, path: tuple[str | int, ...], expectation: Mapping[str, Any]) -> Iterator[Finding]:
    """Faults of one expectation that has all its keys."""
    meta = suite.document.data["meta"]
    severity, kind, given = expectation["severity"], expectation["type"], expectation["kwargs"]
    if severity not in ("critical", "warning"):
        remedy = "write critical or warning"
        yield suite.finding(*path, "severity", wrong="is unknown", remedy=remedy, value=severity)
    if kind not in expectation_types.types():
        wrong, known = "is no expectation of Great Expectations", expectation_types.types()
        yield suite.finding(*path, "type", wrong=wrong, remedy="name one of its types", value=kind, near=known)
    else:
        taken = expectation_types.kwargs(kind)
        for key in given.keys() - taken:
            remedy = f"known are {', '.join(sorted(taken))}"
            where = (*path, "kwargs", key)
            yield suite.finding(*where, wrong=f"is nothing that {kind} takes", remedy=remedy, value=key, near=taken)
    for key, value in given.items():
        named = value.get("$PARAMETER") if isinstance(value, Mapping) else None
        if named is not None and named not in suite.parameters:
            wrong = (
                "has no row in seeds/check_thresholds.csv, kpi_targets.csv, vocabularies.csv or opportunity_stages.csv"
            )
            where = (*path, "kwargs", key)
            yield suite.finding(*where, wrong=wrong, remedy="add one", value=named, near=suite.parameters)
    column = given.get("column")
    if column is not None and str(column).split(".")[0] not in meta["queries"]:
        remedy = f"write <query>.<column> with one of {', '.join(meta['queries'])}"
        yield suite.finding(*path, "kwargs", "column", wrong="comes from no query", remedy=remedy, value=column)
    owner = expectation["meta"].get("owner")
    if owner is not None and owner not in suite.owners:
        wrong, remedy = "has no row in seeds/check_owners.csv", "add one"
        yield suite.finding(*path, "meta", "owner", wrong=wrong, remedy=remedy, value=owner, near=suite.owners)
    marts = {key[-1] for key in tables() if key[0] == MARTS}
    for number, mart in enumerate(expectation["meta"].get("holds_back", ())):
        if mart not in marts:
            where = (*path, "meta", "holds_back", number)
            yield suite.finding(*where, wrong="is no mart", remedy="name a model of marts", value=mart, near=marts)
    samples = {*meta.get("samples", ()), *meta["queries"]}
    sample = expectation["meta"].get("sample")
    if sample is not None and sample not in samples:
        wrong, remedy = "is not under meta.samples or meta.queries", "add it there"
        yield suite.finding(*path, "meta", "sample", wrong=wrong, remedy=remedy, value=sample, near=samples)
