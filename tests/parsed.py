"""The dbt project's manifest, parsed once per process: a parse takes ten seconds, and other vars ask for none."""

import tempfile
from functools import cache
from typing import Any

import pytest
from dbt.cli.main import dbtRunner

from orchestration.settings import DBT_PROJECT

QUIET = ("--log-level", "none", "--log-level-file", "none")


@cache
def manifest() -> Any:
    """What `dbtRunner` takes; builds of several warehouses, lakes and vars may share it."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setenv("TOUCHSTONE_WAREHOUSE", f"{folder}/work.duckdb")
        places = ["--project-dir", str(DBT_PROJECT), "--profiles-dir", str(DBT_PROJECT)]
        places += ["--target-path", f"{folder}/target", "--log-path", f"{folder}/logs"]
        outcome = dbtRunner().invoke(["parse", *places, *QUIET])
    if outcome.exception:
        raise outcome.exception
    return outcome.result
