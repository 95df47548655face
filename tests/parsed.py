"""The dbt project, parsed once per process: a parse takes ten seconds, and other vars, lakes and homes ask for none."""

import gc
import json
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner
from dbt.compilation import Compiler

from orchestration.settings import DBT_PROJECT
from orchestration.transformation.lean import lean
from orchestration.transformation.runner import take_over_parse

QUIET = ("--log-level", "none", "--log-level-file", "none")


def manifest() -> Any:
    """What `dbtRunner` takes; builds of several warehouses, lakes and vars may share it."""
    return _parsed()[0]


def written() -> Mapping[str, Any]:
    """The manifest as dbt writes it to disk."""
    return json.loads((kept_parse() / "manifest.json").read_text())


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
    """Give a home in which no night ran what dbt keeps of a parse, so that its first night is as quick as the next.

    Of a night of an edited copy of the project too: dbt parses anew what differs by its content.
    """
    take_over_parse(kept_parse(), to=home / "dbt" / "target")


def kept_parse() -> Path:
    """The folder in which dbt kept its parse."""
    return Path(_parsed()[1].name)


@cache
def _parsed() -> tuple[Any, "tempfile.TemporaryDirectory[str]"]:
    lean()
    # As nights do: dbt makes millions of short-lived objects beside the large heap of a parsed project.
    gc.set_threshold(200_000, 50, 100)
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
    _link_once(outcome.result)
    return outcome.result, folder


def _link_once(parsed: Any) -> None:
    """One graph for all builds of a manifest: linking it and looking for cycles is a quarter of a small build."""
    link = Compiler.compile
    graphs: dict[frozenset[str], Any] = {}

    def linked(self: Any, manifest: Any, write: bool = True, add_test_edges: bool = False) -> Any:
        # Only builds have edges of tests; a compiled line of SQL is a node that comes and goes.
        if manifest is not parsed or not add_test_edges:
            return link(self, manifest, write, add_test_edges)
        nodes = frozenset(manifest.nodes)
        if nodes in graphs:
            self.initialize()
        else:
            graphs[nodes] = link(self, manifest, write, add_test_edges)
        return graphs[nodes]

    Compiler.compile = linked
