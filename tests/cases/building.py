"""The dbt project built in this process, only as far as queries read it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner

from orchestration.settings import DBT_PROJECT

BUILT = ("success", "pass", "warn")


class Unbuilt(RuntimeError):
    """A table that a query reads could not be built."""


class Project:
    """The dbt project, parsed once; `artifacts` is where dbt writes."""

    def __init__(self, artifacts: Path) -> None:
        self.artifacts = artifacts
        self.manifest: Any = None
        nothing = Warehouse(self, folder=artifacts, variables={})
        self.manifest = nothing.invoke(["parse"], now=datetime(2000, 1, 1))
        self.tables = {n.name for n in self.manifest.nodes.values() if n.resource_type in ("model", "seed")}

    def read_by(self, *queries: str) -> list[str]:
        """The models and seeds that some queries name."""
        return sorted(self.tables.intersection(re.findall(r"\w+", " ".join(queries))))


@dataclass(frozen=True)
class Warehouse:
    """One lake and the tables built from it, below `folder`."""

    project: Project
    folder: Path
    variables: Mapping[str, Any]

    @property
    def file(self) -> Path:
        """The DuckDB file."""
        return self.folder / "work.duckdb"

    @property
    def lake(self) -> Path:
        """What ingestion wrote."""
        return self.folder / "lake"

    def build(self, wanted: Sequence[str], *, seeds: Mapping[str, Path], now: datetime) -> dict[str, str]:
        """Build `wanted` and all it is made from, some seeds with other rows; returns what went wrong, by name.

        The data tests that those rows break are the rows of `marts.refused_seeds`.
        """
        select = ["--select", *(f"+{name}" for name in wanted)]
        if not seeds:
            return self._build(["test", "unit_test"], select, now=now)
        wrong = self._build(["test", "unit_test", "model"], select, now=now)
        with duckdb.connect(str(self.file)) as connection:
            for name, path in seeds.items():
                connection.execute(f"delete from seeds.{name}")
                connection.execute(f"insert into seeds.{name} by name select * from read_csv('{path}', header = true)")
        broken = self._build(
            ["seed", "unit_test", "model"], ["--indirect-selection", "cautious", "--select", *seeds], now=now
        )
        with duckdb.connect(str(self.file)) as connection:
            connection.execute("create schema if not exists marts")
            connection.execute(
                "create or replace table marts.refused_seeds as select unnest(?::varchar[]) as test", [[*broken]]
            )
        return {**wrong, **self._build(["seed", "test", "unit_test"], select, now=now)}

    def invoke(self, arguments: Sequence[str], *, now: datetime) -> Any:
        """Run one dbt command and return its result."""
        places = {
            "--project-dir": DBT_PROJECT,
            "--profiles-dir": DBT_PROJECT,
            "--target-path": self.project.artifacts / "target",
            "--log-path": self.project.artifacts / "logs",
        }
        flags = [str(part) for place in places.items() for part in place]
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("TOUCHSTONE_WAREHOUSE", str(self.file))
            patch.setenv("TOUCHSTONE_LAKE", str(self.lake))
            patch.setenv("TOUCHSTONE_AS_OF", now.isoformat(sep=" "))
            outcome = dbtRunner(manifest=self.project.manifest).invoke([*arguments, *flags, "--log-level", "none"])
            DuckDBConnectionManager.close_all_connections()
        if outcome.exception:
            raise outcome.exception
        return outcome.result

    def _build(self, excluded: Sequence[str], select: Sequence[str], *, now: datetime) -> dict[str, str]:
        flags = ["--exclude-resource-type", *excluded, "--no-write-json", "--vars", str(dict(self.variables))]
        results = self.invoke(["build", *flags, *select], now=now).results
        return {r.node.name: f"{r.status}: {r.message}" for r in results if r.status not in BUILT}
