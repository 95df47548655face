"""Every real extract of a contracted table loads whole."""

import re
from pathlib import Path

import pytest

from orchestration import contracts
from orchestration.ingestion.batches import ingest
from orchestration.ingestion.files import list_landing, unrecognised
from tests.ingestion.conftest import NOW, Site
from tests.real_extracts import EXTRACTS, SAMPLES, arrange

pytestmark = pytest.mark.slow


def rows_listed(shared_data: Path) -> dict[str, int]:
    """Rows per file as the index of the extracts counts them."""
    listed, folder = {}, ""
    for line in (shared_data / "INDEX.md").read_text().splitlines():
        if line.startswith("## "):
            folder = line.removeprefix("## ").strip()
        if match := re.match(r"\| ([\w./-]+) \| .* \| ([0-9]+) \| [0-9]+ \| ", line):
            listed[f"{folder}/{match[1]}"] = int(match[2])
    return listed


def test_real_extracts_load_whole(site: Site, shared_data: Path) -> None:
    arrange(shared_data, site.landing)
    listing = list_landing(str(site.landing))
    known = contracts.load()
    assert unrecognised(listing, contracts=known.values()) == []
    reports = [ingest(contract, listing=listing, lake=site.lake, now=NOW) for contract in known.values()]
    assert [error for report in reports for error in report.errors] == []
    expected = rows_listed(shared_data)
    loaded = {file: (read, kept) for file, status, read, kept, _ in site.ledger() if status == "loaded"}
    for source, folder in EXTRACTS.items():
        rows = expected[source]
        assert loaded[f"{folder}/{Path(source).name}"] == (rows, rows), source
    assert len(loaded) == len(EXTRACTS) + len(SAMPLES)
    assert sum(report.rows_quarantined for report in reports) == 0


def test_real_duplicate_header_is_named(site: Site, shared_data: Path) -> None:
    contract = contracts.load()["ga4", "events"]
    content = (shared_data / "fivetran_ga4_export" / "event_data.csv").read_bytes()
    site.deliver("event_data.csv", content, folder="ga4/events")
    report = site.ingest(contract)
    assert "column 'param_session_engaged' occurs twice" in report.errors[0]


def test_real_api_pages_of_other_objects_are_quarantined(site: Site, shared_data: Path) -> None:
    pages = sorted((shared_data / "adobe_marketo_docs").glob("rest_activities_sample_*.json"))
    for page in pages:
        site.deliver(page.name, page.read_bytes(), folder="marketo/activities")
    report = site.ingest(contracts.load()["marketo", "activities"])
    assert report.rows_loaded > 0
    assert report.rows_quarantined > 0
    assert report.files_loaded + report.files_rejected + report.files_duplicate == len(pages)
