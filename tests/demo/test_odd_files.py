"""What spreadsheets, reports, API pages and connectors write loads as what the vendor's export would have."""

from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest

from orchestration import contracts
from orchestration.demo.fault_rates import FaultRates
from orchestration.demo.simulation import simulate
from orchestration.demo.stacks import Stack
from orchestration.ingestion.batches import ingest
from orchestration.ingestion.files import list_landing

pytestmark = pytest.mark.slow

PEOPLE, UNTIL = 250, date(2025, 1, 15)
NOW = datetime(2026, 7, 1, tzinfo=UTC)


def loaded(folder: Path, *, stack: Stack, odd_file: float) -> dict[str, list[tuple]]:
    """Rows of every table of a company whose files are odd at a rate, as its contract's columns."""
    faults = FaultRates(odd_file=odd_file, malformed_row=0.001, corrected_file=0)
    simulate(PEOPLE, out=folder, stack=stack, until=UNTIL, faults=faults)
    listing = list_landing(str(folder / "landing"))
    systems = {path.name for path in (folder / "landing").iterdir()}
    found = {}
    for (system, name), contract in contracts.load().items():
        if system not in systems or system == "ga4":
            continue
        report = ingest(contract, listing=listing, lake=folder / "lake", now=NOW)
        assert report.files_rejected == 0, (system, name)
        assert report.rows_read == report.rows_loaded + report.rows_quarantined
        files = list((folder / "lake" / system / name).rglob("*.parquet"))
        if files:
            columns = ", ".join(f'"{column.name}"' for column in contract.columns)
            paths = ", ".join(f"'{path}'" for path in files)
            found[f"{system}.{name}"] = duckdb.execute(
                f"select {columns} from read_parquet([{paths}], union_by_name = true) order by all"
            ).fetchall()
    return found


@pytest.mark.parametrize("stack", [Stack(), Stack("hubspot", "hubspot")], ids=lambda stack: stack.name)
def test_odd_files_load_as_plain_ones(stack: Stack, tmp_path: Path) -> None:
    plain = loaded(tmp_path / "plain", stack=stack, odd_file=0)
    odd = loaded(tmp_path / "odd", stack=stack, odd_file=1)
    assert len(plain) > 10
    assert odd.keys() == plain.keys()
    for table, rows in plain.items():
        assert odd[table] == rows, table


def test_every_shape_is_written(tmp_path: Path) -> None:
    simulate(PEOPLE, out=tmp_path, until=UNTIL, faults=FaultRates(odd_file=1, corrected_file=0))
    shapes = duckdb.execute(f"""
        select distinct split_part(detail, ' ', 1) from '{tmp_path}/truth/injected_faults.parquet'
        where fault_kind = 'odd_file' order by 1
    """).fetchall()
    assert [shape for (shape,) in shapes] == ["connector", "pages", "report", "spreadsheet"]
