"""Suites of expectations, read from `expectations/` with the thresholds and value sets of the seeds filled in."""

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

from orchestration.settings import DBT_PROJECT, EXPECTATIONS, SEEDS

Severity = Literal["critical", "warning"]
# Every suite counts its rows first: an empty table passes nearly everything else. It stops a mart only where the last
# publication had rows: what was empty before is a fact of the company, not a failure of the night.
HAS_ROWS = "has_rows"
_SUITE_KEYS = {"description", "asset_key", "owner", "inputs", "queries", "samples"}
_CHECK_KEYS = {"check", "remedy", "sample", "no_data"}
_REQUIRED = ("type", "kwargs", "severity", "description")
_EXPECTATION_KEYS = {*_REQUIRED, "meta"}


@dataclass(frozen=True)
class Owner:
    """Who repairs: `name` is a team, `contact` where it is reached, `runbook` what it follows."""

    id: str
    name: str
    contact: str
    runbook: str


@dataclass(frozen=True)
class Check:
    """One expectation. `kwargs` are GX's own, with parameters filled in.

    `sample` names the query of failing rows, run only when it fails. `no_data` is what to say when the metric is
    null because there is nothing to judge; None: a null metric fails.
    """

    name: str
    type: str
    kwargs: Mapping[str, Any]
    severity: Severity
    description: str
    remedy: str
    sample: str | None
    no_data: str | None

    @property
    def metric(self) -> str:
        """What is judged, without the name of the query it came from."""
        return str(self.kwargs.get("column", "result")).split(".")[-1]

    def configuration(self) -> dict[str, Any]:
        """The expectation as GX reads it; results are matched on `meta.check`."""
        return {
            "type": self.type,
            "kwargs": dict(self.kwargs),
            "severity": self.severity,
            "description": self.description,
            "meta": {"check": self.name},
        }


@dataclass(frozen=True)
class Suite:
    """The expectations on one table.

    `queries` and `samples` hold SQL, or a template's name and its arguments. `inputs` names entities of
    the conformed layer without which there is nothing to judge, for a mart that is empty when all is well.
    """

    name: str
    file: str
    description: str
    asset_key: tuple[str, ...]
    owner: Owner
    inputs: tuple[str, ...]
    queries: Mapping[str, str | Mapping[str, Any]]
    samples: Mapping[str, str | Mapping[str, Any]]
    checks: tuple[Check, ...]

    @property
    def is_raw(self) -> bool:
        """Whether the suite judges an extract rather than a mart."""
        return self.file.startswith("raw/")


def load(folder: Path = EXPECTATIONS, *, seeds: Path = SEEDS) -> list[Suite]:
    """Every suite below `folder`, raw ones first; raises ValueError naming file, check and remedy."""
    parameters, owners = read_parameters(seeds), read_owners(seeds)
    files = [*sorted((folder / "raw").glob("*.yml")), *sorted((folder / "marts").glob("*.yml"))]
    return [read(path, parameters=parameters, owners=owners) for path in files]


def read(path: Path, *, parameters: Mapping[str, Any], owners: Mapping[str, Owner]) -> Suite:
    """The suite of one file; raises ValueError naming file, check and remedy when it can't be trusted to judge."""
    document = yaml.safe_load(path.read_text())
    file = f"{path.parent.name}/{path.name}"
    meta = document["meta"]
    _refuse_unknown(f"expectations/{file}", meta, _SUITE_KEYS)
    if meta["owner"] not in owners:
        raise ValueError(f"expectations/{file}: owner {meta['owner']!r} has no row in seeds/check_owners.csv; add one")
    asset_key = tuple(meta["asset_key"])
    suite = Suite(
        name=document["name"],
        file=file,
        description=meta["description"],
        asset_key=asset_key,
        owner=owners[meta["owner"]],
        inputs=tuple(meta.get("inputs", ())),
        queries=meta["queries"],
        samples=meta.get("samples", {}),
        checks=tuple(_checks(file, document["expectations"], parameters)),
    )
    _validate(suite, stem=path.stem)
    return suite


@cache
def read_parameters(seeds: Path = SEEDS) -> dict[str, Any]:
    """Values that suites refer to by `{"$PARAMETER": name}`.

    `threshold.<name>.warn|fail` are numbers, `vocabulary.<system>.<object>.<column>` and `stages.<system>` the values
    that the models know.
    """
    parameters: dict[str, Any] = {}
    for row in _rows(seeds / "check_thresholds.csv"):
        parameters |= {f"threshold.{row['threshold']}.{at}": float(row[at]) for at in ("warn", "fail") if row[at]}
    for row in _rows(seeds / "vocabularies.csv"):
        name = f"vocabulary.{row['system']}.{row['object']}.{row['column_name']}"
        parameters.setdefault(name, []).append(row["value"])
    for row in _rows(seeds / "opportunity_stages.csv"):
        parameters.setdefault(f"stages.{row['system']}", []).append(row["stage_name"])
    return parameters


@cache
def read_owners(seeds: Path = SEEDS) -> dict[str, Owner]:
    """Owners of checks by id."""
    return {
        row["owner"]: Owner(id=row["owner"], name=row["name"], contact=row["contact"], runbook=row["runbook"])
        for row in _rows(seeds / "check_owners.csv")
    }


def _checks(file: str, expectations: list[dict[str, Any]], parameters: Mapping[str, Any]) -> Iterator[Check]:
    for position, expectation in enumerate(expectations, start=1):
        meta = expectation.get("meta", {})
        place = f"expectations/{file}, check {meta.get('check', f'number {position}')!r}"
        _refuse_unknown(place, expectation, _EXPECTATION_KEYS)
        _refuse_unknown(place, meta, _CHECK_KEYS)
        for missing in (set(_REQUIRED) - expectation.keys()) | ({"check"} - meta.keys()):
            raise ValueError(
                f"{place}: {missing} is missing; every expectation has {', '.join(_REQUIRED)} and meta.check"
            )
        if expectation["severity"] not in ("critical", "warning"):
            raise ValueError(f"{place}: severity {expectation['severity']!r} is unknown; write critical or warning")
        if not re.fullmatch(r"expect_[a-z0-9_]+", expectation["type"]):
            raise ValueError(f"{place}: type {expectation['type']!r} is no expectation of GX; write expect_...")
        yield Check(
            name=meta["check"],
            type=expectation["type"],
            kwargs={key: _resolved(value, parameters, place) for key, value in expectation["kwargs"].items()},
            severity=expectation["severity"],
            description=expectation["description"],
            remedy=meta.get("remedy", ""),
            sample=meta.get("sample"),
            no_data=meta.get("no_data"),
        )


def _resolved(value: Any, parameters: Mapping[str, Any], place: str) -> Any:
    if not isinstance(value, Mapping) or set(value) != {"$PARAMETER"}:
        return value
    if value["$PARAMETER"] not in parameters:
        raise ValueError(
            f"{place}: $PARAMETER {value['$PARAMETER']!r} has no row in seeds/check_thresholds.csv, "
            f"seeds/vocabularies.csv or seeds/opportunity_stages.csv; add one"
        )
    return parameters[value["$PARAMETER"]]


def _validate(suite: Suite, *, stem: str) -> None:
    place = f"expectations/{suite.file}"
    names = [check.name for check in suite.checks]
    if suite.name != stem:
        raise ValueError(f"{place}: name is {suite.name!r}; name it as its file, {stem!r}")
    for name in {name for name in names if names.count(name) > 1}:
        raise ValueError(f"{place}: check {name!r} stands twice; give each its own meta.check")
    for entity in suite.inputs:
        if not isinstance(entity, str) or not (DBT_PROJECT / "models" / "conformed" / f"{entity}.sql").exists():
            raise ValueError(f"{place}: input {entity!r} is no entity; name a model of dbt_project/models/conformed/")
    first = suite.checks[0]
    if first.name != HAS_ROWS or first.severity != "critical":
        raise ValueError(f"{place}: the first check is {first.name!r}; make it {HAS_ROWS!r}, critical")
    for check in suite.checks:
        column = check.kwargs.get("column")
        if column is not None and str(column).split(".")[0] not in suite.queries:
            raise ValueError(
                f"{place}, check {check.name!r}: column {column!r} comes from no query; write <query>.<column> "
                f"with one of {', '.join(suite.queries)}"
            )
        if check.sample is not None and check.sample not in {*suite.samples, *suite.queries}:
            raise ValueError(
                f"{place}, check {check.name!r}: sample {check.sample!r} is not under meta.samples or meta.queries"
            )


def _refuse_unknown(place: str, node: Mapping[str, Any], known: set[str]) -> None:
    for key in node.keys() - known:
        raise ValueError(f"{place}: {key!r} is unknown; known are {', '.join(sorted(known))}")


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))
