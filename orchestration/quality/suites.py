"""Suites of expectations, read from `expectations/` with the thresholds and value sets of the seeds filled in."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from orchestration import contracts
from orchestration.policy import marked
from orchestration.policy.assets import LAYERS
from orchestration.policy.findings import raise_any
from orchestration.policy.suites import faults
from orchestration.seeds import values, values_on
from orchestration.settings import EXPECTATIONS, SEEDS, current

RAW = "raw"
Severity = Literal["critical", "warning"]


@dataclass(frozen=True)
class Owner:
    """Who repairs: `name` is a team, `contact` where it is reached, `runbook` what it follows."""

    id: str
    name: str
    contact: str
    runbook: str


@dataclass(frozen=True)
class Check:
    """One expectation, in line `line` of its file. `kwargs` are GX's own, with parameters filled in.

    `sample` names the query of failing rows, run only when it fails. `no_data` is what to say when the metric is
    null because there is nothing to judge; None: a null metric fails. `holds_back` are the marts that a critical
    failure keeps from publication instead of the suite's own and what reads it, which show what is wrong with them.
    `owner` is the suite's where the check names none of its own.
    """

    name: str
    owner: Owner
    type: str
    kwargs: Mapping[str, Any]
    severity: Severity
    description: str
    remedy: str
    sample: str | None
    no_data: str | None
    line: int
    holds_back: tuple[str, ...] = ()

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
    def layer(self) -> str:
        """What the suite judges: an extract (raw), an entity (conformed) or a mart (marts)."""
        return self.file.split("/")[0]

    @property
    def is_raw(self) -> bool:
        """Whether the suite judges an extract rather than a model."""
        return self.layer == RAW


def load(folder: Path = EXPECTATIONS, *, seeds: Path = SEEDS) -> list[Suite]:
    """Every suite below `folder`, in the order of `files`; raises PolicyError with every fault of every file."""
    parameters, owners = read_parameters(seeds), read_owners(seeds)
    raise_any(fault for path in files(folder) for fault in faults(path, parameters=parameters, owners=owners))
    return [_read(path, parameters=parameters, owners=owners) for path in files(folder)]


def files(folder: Path = EXPECTATIONS) -> list[Path]:
    """The files of all suites, layer by layer as data flows."""
    return [path for layer in (RAW, *LAYERS) for path in sorted((folder / layer).glob("*.yml"))]


def read(path: Path, *, parameters: Mapping[str, Any], owners: Mapping[str, Owner]) -> Suite:
    """The suite of one file; raises PolicyError with all its faults when it can't be trusted to judge."""
    raise_any(faults(path, parameters=parameters, owners=owners))
    return _read(path, parameters=parameters, owners=owners)


def _read(path: Path, *, parameters: Mapping[str, Any], owners: Mapping[str, Owner]) -> Suite:
    marked_document = marked.read(path)
    document = marked_document.data
    meta = document["meta"]
    return Suite(
        name=document["name"],
        file=f"{path.parent.name}/{path.name}",
        description=meta["description"],
        asset_key=tuple(meta["asset_key"]),
        owner=owners[meta["owner"]],
        inputs=tuple(meta.get("inputs", ())),
        queries=meta["queries"],
        samples=meta.get("samples", {}),
        checks=tuple(
            _check(
                expectation,
                parameters,
                owner=owners[expectation["meta"].get("owner", meta["owner"])],
                line=marked_document.line("expectations", place),
            )
            for place, expectation in enumerate(document["expectations"])
        ),
    )


@cache
def read_parameters(seeds: Path = SEEDS) -> dict[str, Any]:
    """Values that suites refer to by `{"$PARAMETER": name}`.

    `threshold.<name>.warn|fail` and `kpi.<name>.warn|fail`, the targets of the night's day, are numbers,
    `vocabulary.<system>.<object>.<column>` and `stages.<system>` the values that the models know,
    `member_statuses.<system>` those of members of campaigns, `claimed_actions.<ad platform>` the actions that count as
    conversions, `register.utm_medium` mediums of links.
    """
    parameters: dict[str, Any] = {}
    for threshold, *limits in values("check_thresholds", "threshold", "warn", "fail", folder=seeds):
        named = zip(("warn", "fail"), limits, strict=True)
        parameters |= {f"threshold.{threshold}.{at}": float(limit) for at, limit in named if limit}
    today = contracts.reporting_day(current().as_of)
    for kpi, *limits in values_on("kpi_targets", "kpi", "warn_value", "fail_value", on=today, folder=seeds):
        named = zip(("warn", "fail"), limits, strict=True)
        parameters |= {f"kpi.{kpi}.{at}": float(limit) for at, limit in named if limit}
    for *place, value in values("vocabularies", "system", "object", "column_name", "value", folder=seeds):
        parameters.setdefault(".".join(["vocabulary", *place]), []).append(value)
    for system, stage in values("opportunity_stages", "system", "stage_name", folder=seeds):
        parameters.setdefault(f"stages.{system}", []).append(stage)
    parameters["register.utm_medium"] = [
        medium for medium, ends in values("utm_mediums", "medium", "valid_to", folder=seeds) if not ends
    ]
    for platform, action in values("claimed_actions", "ad_platform", "action_type", folder=seeds):
        parameters.setdefault(f"claimed_actions.{platform}", []).append(action)
    for system, status in values("member_statuses", "system", "member_status", folder=seeds):
        parameters.setdefault(f"member_statuses.{system}", []).append(status)
    return parameters


@cache
def read_owners(seeds: Path = SEEDS) -> dict[str, Owner]:
    """Owners of checks by id."""
    return {row[0]: Owner(*row) for row in values("check_owners", "owner", "name", "contact", "runbook", folder=seeds)}


def _check(expectation: Mapping[str, Any], parameters: Mapping[str, Any], *, owner: Owner, line: int) -> Check:
    meta = expectation["meta"]
    return Check(
        name=meta["check"],
        owner=owner,
        type=expectation["type"],
        kwargs={key: _resolved(value, parameters) for key, value in expectation["kwargs"].items()},
        severity=expectation["severity"],
        description=expectation["description"],
        remedy=meta.get("remedy", ""),
        sample=meta.get("sample"),
        no_data=meta.get("no_data"),
        line=line,
        holds_back=tuple(meta.get("holds_back", ())),
    )


def _resolved(value: Any, parameters: Mapping[str, Any]) -> Any:
    is_parameter = isinstance(value, Mapping) and set(value) == {"$PARAMETER"}
    return parameters[value["$PARAMETER"]] if is_parameter else value
