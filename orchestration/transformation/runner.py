"""dbt inside this process: a start of its command line costs 6.5 s here, a warm runner 30 ms a node."""

import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestration.settings import DBT_PROJECT, Settings, current
from orchestration.transformation.lean import lean

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest
    from dbt.contracts.results import RunResult

PARTIAL_PARSE = "partial_parse.msgpack"
BUILT = ("success", "warn", "pass")
FAILED = ("error", "fail", "runtime error", "partial success")


def prepare() -> None:
    """Parse the dbt project and write its manifest, from which the assets are drawn.

    Raises RuntimeError with dbt's own message when the project does not parse.
    """
    _parsed()


def manifest_path() -> Path:
    """Where `prepare` wrote the manifest."""
    return current().dbt_artifacts / "manifest.json"


@cache
def manifest() -> Mapping[str, Any]:
    """The manifest that `prepare` wrote."""
    return json.loads(manifest_path().read_text())


def build(settings: Settings, *, without: Sequence[str], full_refresh: bool) -> "list[RunResult]":
    """The results of one `dbt build` of the project, in order, without what reads one of the sources `without`.

    What reads a model that failed, or that a failed test judges, is skipped. Raises RuntimeError when dbt breaks.
    """
    # Tests run when the last of their parents is built; nobody reads the artifacts of a build.
    flags = ["--exclude-resource-type", "unit_test", "--indirect-selection", "buildable", "--no-write-json"]
    if full_refresh:
        flags.append("--full-refresh")
    if without:
        flags += ["--exclude", *(f"source:{name}+" for name in without)]
    try:
        with _environment(settings.dbt_environment()):
            return list(_invoke(settings, ["build", *flags], manifest=_parsed()).results)
    finally:
        _close_connections(settings)


def read_manifest(settings: Settings, *, scratch: Path) -> Mapping[str, Any]:
    """The manifest of the project, parsed into a folder of its own, from what the last night kept of its parse."""
    apart = replace(settings, home=scratch)
    take_over_parse(settings.dbt_artifacts, to=apart.dbt_artifacts)
    _parse(apart)
    return json.loads((apart.dbt_artifacts / "manifest.json").read_text())


def take_over_parse(kept: Path, *, to: Path) -> None:
    """Let the first parse into the folder `to` begin with that of the folder `kept`, if there is one.

    dbt parses anew what differs by its content, and all of it where variables or versions do; so it may be the parse of
    another copy of the project.
    """
    if (kept / PARTIAL_PARSE).exists() and not (to / PARTIAL_PARSE).exists():
        to.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(kept / PARTIAL_PARSE, to / PARTIAL_PARSE)


@cache
def _parsed() -> "Manifest":
    return _parse(current())


def _parse(settings: Settings) -> "Manifest":
    # dbt parses all of it anew when one of these has changed, as `as_of` does every night; a build is told its own.
    same = {"TOUCHSTONE_WAREHOUSE": settings.warehouse.name, "TOUCHSTONE_LAKE": "", "TOUCHSTONE_AS_OF": ""}
    with _environment(settings.dbt_environment() | same):
        return _invoke(settings, ["parse"])


@contextmanager
def _environment(variables: Mapping[str, str]) -> Iterator[None]:
    """This process's environment with other values for as long as the context lasts."""
    before = {name: os.environ.pop(name, None) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            del os.environ[name]
            if value is not None:
                os.environ[name] = value


def _invoke(settings: Settings, arguments: Sequence[str], *, manifest: "Manifest | None" = None) -> Any:
    """Run one dbt command and return its result."""
    from dbt.cli.main import dbtRunner

    lean()
    settings.warehouse.parent.mkdir(parents=True, exist_ok=True)
    places = {
        "--project-dir": DBT_PROJECT,
        "--profiles-dir": DBT_PROJECT,
        "--target-path": settings.dbt_artifacts,
        "--log-path": settings.home / "logs",
    }
    flags = [str(part) for place in places.items() for part in place]
    outcome = dbtRunner(manifest=manifest).invoke(
        [*arguments, *flags, "--log-level", "none", "--log-level-file", "none"]
    )
    if outcome.exception:
        raise RuntimeError(f"dbt {arguments[0]} broke: {outcome.exception}") from outcome.exception
    return outcome.result


def _close_connections(settings: Settings) -> None:
    """Let go of the DuckDB file, which stays locked for as long as dbt's connections are open."""
    from dbt.adapters.factory import get_adapter_class_by_name

    manager = get_adapter_class_by_name(settings.target).ConnectionManager
    if hasattr(manager, "close_all_connections"):
        manager.close_all_connections()
