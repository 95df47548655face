"""Models and macros of the dbt project as plain SQL, to run on tables that a test makes."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest
from dbt.cli.main import dbtRunner

from orchestration.settings import DBT_PROJECT
from tests.parsed import QUIET, manifest

RELATION = re.compile(r'"[^"]+"\."[^"]+"\."([^"]+)"')


@contextmanager
def sql_compiler(folder: Path) -> Iterator[Callable[..., str]]:
    """`compile_sql(model=...)` or `compile_sql(inline=...)` -> SQL whose references are bare table names.

    `variables` are dbt vars that stand in for the project's.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TOUCHSTONE_WAREHOUSE", str(folder / "work.duckdb"))
        patch.setenv("TOUCHSTONE_LAKE", str(folder / "lake"))
        patch.setenv("DBT_TARGET_PATH", str(folder / "target"))
        patch.setenv("DBT_LOG_PATH", str(folder / "logs"))
        runner = dbtRunner(manifest=manifest())
        places = ["--project-dir", str(DBT_PROJECT), "--profiles-dir", str(DBT_PROJECT), *QUIET]

        def compiled(
            *, model: str | None = None, inline: str | None = None, variables: dict[str, str] | None = None
        ) -> str:
            chosen = ["--select", model] if model else ["--inline", str(inline)]
            outcome = runner.invoke(["compile", *chosen, "--vars", json.dumps(variables or {}), *places])
            if outcome.exception or not outcome.success:
                raise AssertionError(f"dbt compile {chosen} failed: {outcome.exception or outcome.result}")
            return RELATION.sub(r"\1", outcome.result.results[0].node.compiled_code)

        yield compiled


@pytest.fixture(scope="session")
def compile_sql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., str]]:
    """One compiler for every test."""
    with sql_compiler(tmp_path_factory.mktemp("dbt")) as compiled:
        yield compiled


@pytest.fixture
def database() -> Iterator[duckdb.DuckDBPyConnection]:
    """An empty database in memory, in UTC."""
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        yield connection


def shared_data(name: str) -> Path:
    """A file of the public extracts beside the project; skips the test when they are absent."""
    path = DBT_PROJECT.parent.parent / "shared" / "data" / name
    if not path.exists():
        pytest.skip(f"the public extract {name} is not here")
    return path
