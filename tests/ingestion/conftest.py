"""A landing and a lake of their own for each test, and one small contract that has every type."""

import os
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.contracts import Column, Contract
from orchestration.ingestion.batches import IngestReport, ingest
from orchestration.ingestion.files import list_landing
from orchestration.ingestion.ledger import ensure_shapes
from orchestration.ingestion.proofs import sweep

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)


def column(name: str, data_type: str = "string", **options: Any) -> Column:
    """A contract column with defaults."""
    facts = {"description": "", "is_required": False, "is_pii": False, "format": None, "aliases": ()}
    return Column(name=name, data_type=data_type, **{**facts, **options})


PEOPLE = Contract(
    system="crm",
    object="people",
    description="People.",
    mode="incremental",
    key=("id",),
    cursor="updated_at",
    is_required=True,
    null_spellings=("", "null", "N/A", "(not set)"),
    timestamp_formats=("iso",),
    timestamp_zone="UTC",
    header_prefixes=("property_",),
    encoding=None,
    columns=(
        column("id", "bigint", is_required=True),
        column("name", aliases=("full_name",)),
        column("is_active", "boolean"),
        column("amount", "decimal(18,2)"),
        column("share", "double"),
        column("close_date", "date"),
        column("payload", format="json"),
        column("crm_id", format="salesforce_id"),
        column("updated_at", "timestamp", is_required=True),
    ),
)


@dataclass
class Site:
    """A landing and its lake."""

    landing: Path
    lake: Path

    def deliver(
        self,
        name: str,
        content: bytes | str,
        *,
        folder: str = "crm/people",
        done: bool = True,
        at: datetime | None = None,
    ) -> Path:
        """Put a file into the landing, complete unless told otherwise, written at the UTC instant `at` or now."""
        path = self.landing / folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        if done:
            path.with_name(path.name + ".done").touch()
        if at:
            os.utime(path, (at.replace(tzinfo=UTC).timestamp(),) * 2)
        return path

    def ingest(self, contract: Contract = PEOPLE, *, now: datetime = NOW, landing: str | None = None) -> IngestReport:
        """One run for one table."""
        sweep(self.lake)
        if not (self.lake / "_ledger").exists():
            ensure_shapes([contract], lake=self.lake)
        listing = list_landing(landing or str(self.landing), settle_seconds=0.05)
        report = ingest(contract, listing=listing, lake=self.lake, now=now)
        assert report.rows_read == report.rows_loaded + report.rows_quarantined
        return report

    def query(self, sql: str, *, table: str = "crm/people") -> list[tuple]:
        """Rows of a query in which `lake` is the table's view."""
        with duckdb.connect() as connection:
            connection.execute(f"""
                create view lake as
                select *
                from read_parquet('{self.lake}/{table}/**/*.parquet', union_by_name = true, hive_partitioning = true)
            """)
            return connection.execute(sql).fetchall()

    def quarantined(self) -> list[tuple]:
        """(line, column, value, reason, raw text) of quarantined rows, by file and line."""
        return self.query(
            "select source_line, column_name, value, reason, raw_text from lake order by source_file, source_line",
            table="_quarantine",
        )

    def defects(self) -> list[tuple]:
        """(line, column, value) of cells that became null."""
        return self.query("select source_line, column_name, value from lake order by 1, 2", table="_defects")

    def reasons(self) -> list[tuple]:
        """Value and reason of each cell that became null."""
        return self.query("select value, reason from lake order by source_line", table="_defects")

    def ledger(self) -> list[tuple]:
        """(file, status, read, loaded, quarantined) by time and file."""
        return self.query(
            "select source_file, status, rows_read, rows_loaded, rows_quarantined from lake "
            "order by loaded_at, source_file, status",
            table="_ledger",
        )


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """An empty landing and lake."""
    made = Site(landing=tmp_path / "landing", lake=tmp_path / "lake")
    made.landing.mkdir()
    return made


def with_(contract: Contract = PEOPLE, **changes: Any) -> Contract:
    """A contract with some fields changed."""
    return replace(contract, **changes)
