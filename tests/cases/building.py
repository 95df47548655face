"""The dbt project built in this process, only as far as queries read it."""

import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from orchestration import contracts
from orchestration.ingestion.ledger import ensure_shapes
from tests.parsed import manifest, run

BUILT = ("success", "pass", "warn")


class Unbuilt(RuntimeError):
    """A table that a query reads could not be built."""


@dataclass(frozen=True)
class Warehouse:
    """A lake and the tables built from it, below one folder, with other values for some of dbt's vars."""

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


class Project:
    """The dbt project; its seeds are built once and copied to where a warehouse begins."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seeded = Warehouse(folder / "seeded", {})
        ensure_shapes(contracts.load().values(), lake=self._seeded.lake)
        self._tables = {n.name for n in manifest().nodes.values() if n.resource_type in ("model", "seed")}
        self._unbuilt_seeds = self._build(["resource_type:seed"], ["test"], self._seeded, now=datetime.min)

    def read_by(self, *queries: str) -> list[str]:
        """The models and seeds that some queries name."""
        return sorted(self._tables.intersection(re.findall(r"\w+", " ".join(queries))))

    def build(
        self,
        wanted: Sequence[str],
        warehouse: Warehouse,
        *,
        seeds: Mapping[str, Path],
        now: datetime,
        is_tested: bool = False,
    ) -> dict[str, str]:
        """Build `wanted` and all it is made from, some seeds with other rows; returns what went wrong, by name.

        The data tests that those rows break are the rows of `marts.refused_seeds`. With `is_tested` tests of what is
        built are run too; what reads a table that fails one is not built.
        """
        if not warehouse.file.exists():
            shutil.copyfile(self._seeded.file, warehouse.file)
        if seeds:
            self._replace(seeds, warehouse, now=now)
        select = [f"+{name}" for name in wanted]
        return self._unbuilt_seeds | self._build(
            select, ["seed"] if is_tested else ["seed", "test"], warehouse, now=now
        )

    def _replace(self, seeds: Mapping[str, Path], warehouse: Warehouse, *, now: datetime) -> None:
        with duckdb.connect(str(warehouse.file)) as connection:
            for name, path in seeds.items():
                connection.execute(f"delete from seeds.{name}")
                connection.read_csv(str(path), header=True, all_varchar=True).create_view("rows")
                connection.execute(f"insert into seeds.{name} by name select * from rows")
                connection.execute("drop view rows")
        broken = self._build(list(seeds), ["seed", "model"], warehouse, now=now)
        with duckdb.connect(str(warehouse.file)) as connection:
            connection.execute("create schema if not exists marts")
            connection.execute("create or replace table marts.refused_seeds (test varchar)")
            connection.execute("insert into marts.refused_seeds select unnest(?::varchar[])", [[*broken]])

    def _build(
        self, select: Sequence[str], excluded: Sequence[str], warehouse: Warehouse, *, now: datetime
    ) -> dict[str, str]:
        flags = ["--exclude-resource-type", "unit_test", *excluded, "--indirect-selection", "cautious"]
        variables = ["--vars", str(dict(warehouse.variables))]
        command = ["build", *flags, *variables, "--no-write-json", "--threads", "1", "--select", *select]
        results = run(
            command,
            artifacts=self._folder,
            warehouse=warehouse.file,
            lake=warehouse.lake,
            as_of=now.isoformat(sep=" "),
        ).results
        return {r.node.name: f"{r.status}: {r.message}" for r in results if r.status not in BUILT}
