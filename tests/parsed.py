"""The dbt project, parsed once per process: a parse takes ten seconds, and other vars, lakes and homes ask for none."""

import json
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner

from orchestration.settings import DBT_PROJECT
from orchestration.transformation.lean import lean

QUIET = ("--log-level", "none", "--log-level-file", "none")
PARSE = "partial_parse.msgpack"


def manifest() -> Any:
    """What `dbtRunner` takes; builds of several warehouses, lakes and vars may share it."""
    return _parsed()[0]


def written() -> Mapping[str, Any]:
    """The manifest as dbt writes it to disk."""
    return json.loads(Path(_parsed()[1].name, "manifest.json").read_text())


def run(arguments: Sequence[str], *, artifacts: Path, warehouse: Path, lake: Path, as_of: str) -> Any:
    """The result of one dbt command on a warehouse and a lake, whose file is let go; raises what broke dbt."""
    places = {
        "--project-dir": DBT_PROJECT,
        "--profiles-dir": DBT_PROJECT,
        "--target-path": artifacts / "target",
        "--log-path": artifacts / "logs",
    }
    flags = [str(part) for place in places.items() for part in place]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TOUCHSTONE_WAREHOUSE", str(warehouse))
        patch.setenv("TOUCHSTONE_LAKE", str(lake))
        patch.setenv("TOUCHSTONE_AS_OF", as_of)
        outcome = dbtRunner(manifest=manifest()).invoke([*arguments, *flags, *QUIET])
        DuckDBConnectionManager.close_all_connections()
    if outcome.exception:
        raise outcome.exception
    return outcome.result


def spare_parsing(home: Path) -> None:
    """Give a home in which no night ran what dbt keeps of a parse, so that its first night is as quick as the next."""
    target = home / "dbt" / "target"
    if not (target / PARSE).exists():
        target.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(Path(_parsed()[1].name) / PARSE, target / PARSE)


@cache
def _parsed() -> tuple[Any, "tempfile.TemporaryDirectory[str]"]:
    lean()
    folder = tempfile.TemporaryDirectory()
    with pytest.MonkeyPatch.context() as patch:
        # What a night's parse is told; with anything else dbt would not take it over.
        patch.setenv("TOUCHSTONE_TARGET", "duckdb")
        patch.setenv("TOUCHSTONE_WAREHOUSE", "work.duckdb")
        patch.setenv("TOUCHSTONE_LAKE", "")
        patch.setenv("TOUCHSTONE_AS_OF", "")
        places = ["--project-dir", str(DBT_PROJECT), "--profiles-dir", str(DBT_PROJECT)]
        places += ["--target-path", folder.name, "--log-path", folder.name]
        outcome = dbtRunner().invoke(["parse", *places, *QUIET])
    if outcome.exception:
        raise outcome.exception
    return outcome.result, folder
