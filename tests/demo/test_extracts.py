"""Extracts look like the vendors': headers that contracts know, real ids, every encoding."""

import csv
import gzip
import io
import json
import re
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import numpy as np
import pyarrow.parquet as pq
import pytest

from orchestration import contracts
from orchestration.demo.fault_rates import FaultRates
from orchestration.demo.simulation import simulate
from orchestration.demo.stacks import Stack
from orchestration.demo.streams import salesforce_ids
from orchestration.ingestion.batches import ingest
from orchestration.ingestion.files import list_landing
from orchestration.ingestion.removal import marker_kind

pytestmark = pytest.mark.slow

STACKS = tuple(
    Stack(*systems)
    for systems in (
        ("marketo", "salesforce"),
        ("hubspot", "salesforce"),
        ("hubspot", "hubspot"),
        ("marketo", "hubspot"),
        ("none", "salesforce"),
        ("none", "salesforce", "contacts"),
        ("none", "salesforce", "opportunities"),
        ("pardot", "salesforce"),
        ("none", "salesforce", "all", True),
    )
)
# Objects that each part of a stack leaves out.
HUBSPOT_AS_MAP = {"form_submissions", "email_events"}
HUBSPOT_AS_CRM = {"engagements"}
HUBSPOT_DEALS = {
    "companies", "company_property_history", "deals", "deal_companies", "deal_pipeline_stages", "deal_property_history",
}  # fmt: skip
WITHOUT_LEADS = {"lead", "lead_history"}
OF_PEOPLE = {*WITHOUT_LEADS, "contact", "campaign", "event", "task"}
# Fields of the company's own, or beyond what a contract asks for: they pass through to the lake.
BEYOND_THE_CONTRACT = {
    "ad_analytics_by_campaign": {"impressiondevicetype"},
    "ad_insights": {"publisherplatform"},
    "campaign_stats": {"segmentshour", "airbyteextractedat"},
    "contacts": {"unqualifiedreason"},
    "companies": {"salesforceaccountid"},
    "deals": {"closedlostreason", "hssalesforceopportunityid"},
    "owners": {"teams"},
    "programs": {"description"},
    "prospect": {"city", "isreviewed", "zip"},
    "visitor_activity": {"fivetransynced"},
}
# A company this small may have none of these.
RARE = {"contact_merge_audit", "opportunity_contact_role", "campaign_member", "deal_contacts", "event"}
# Tables that tell again what others tell, or whose activity the company does not have.
NOT_SIMULATED = {
    "ad_actions",
    "ad_action_values",
    "program_costs",
    "engagement_contacts",
    "deleted_leads",
    "email_event_status_changes",
    "merged_deals",
    "opportunity_stage",
}


def text(path: Path) -> str:
    """Decoded content of a text extract."""
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    if content.startswith(b"\xff\xfe"):
        return content.decode("utf-16")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def headers(path: Path) -> list[str]:
    """Headers of an extract of any format."""
    if path.suffix == ".parquet":
        return pq.read_schema(path).names
    if ".csv" in path.name:
        return next(csv.reader(io.StringIO(text(path))))
    return list(json.loads(text(path).split("\n", 1)[0]))


def contract_of(folder: Path) -> contracts.Contract:
    """The contract of a landing folder; raises StopIteration when there is none."""
    return next(
        contract
        for (system, name), contract in contracts.load().items()
        if system == folder.parent.name and contracts.squash(name) == contracts.squash(folder.name)
    )


def contracted(landing: Path) -> list[Path]:
    """Folders of the systems that contracts are made for."""
    systems = {system for system, _ in contracts.load()}
    return [folder for folder in sorted(landing.glob("*/*")) if folder.parent.name in systems]


@pytest.fixture(scope="module", params=STACKS, ids=lambda stack: stack.name)
def stack(request: pytest.FixtureRequest) -> Stack:
    return request.param


@pytest.fixture(scope="module")
def landing(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("systems")
    simulate(200, out=out, stack=stack, until=date(2025, 6, 30), faults=FaultRates(odd_file=0))
    return out / "landing"


def test_every_header_resolves_to_its_contract(landing: Path) -> None:
    for folder in contracted(landing):
        contract = contract_of(folder)
        spellings = {}
        for column in contract.columns:
            for name in (column.name, *column.aliases):
                # A name that a later column takes too is that one's only where the first has its own.
                spellings.setdefault(contracts.squash(name), column.name)
        for path in (min(folder.iterdir()), max(folder.iterdir())):
            names = headers(path)
            bare = [name.removeprefix("property_") for name in names] if contract.header_prefixes else names
            squashed = [contracts.squash(name) for name in bare]
            assert len(set(squashed)) == len(squashed), f"{path} repeats a header"
            marks = {name for name in names if marker_kind(contract, name)}
            unknown = {name for name in squashed if name not in spellings}
            unknown -= BEYOND_THE_CONTRACT.get(contract.object, set()) | {contracts.squash(name) for name in marks}
            assert not unknown, f"{path}: no contract column for {unknown}"
            found = {spellings[name] for name in squashed if name in spellings}
            found |= {column.stands_in_for for column in contract.columns if column.name in found}
            missing = {column.name for column in contract.columns if column.is_required} - found
            assert not missing, f"{path} lacks {missing}"


def test_every_contracted_object_of_the_stack_is_written_and_no_other(landing: Path, stack: Stack) -> None:
    written = {(folder.parent.name, contract_of(folder).object) for folder in contracted(landing)}
    systems = {stack.map_system, stack.crm_system, "ga4", "google_ads", "linkedin_ads", "meta_ads"} - {"none"}
    systems |= {"billing"} if stack.has_billing else set()
    left_out = set()
    if stack.map_system != "hubspot":
        left_out |= HUBSPOT_AS_MAP
    if stack.crm_system != "hubspot":
        left_out |= HUBSPOT_AS_CRM if stack.has_vendor_sync else HUBSPOT_AS_CRM | HUBSPOT_DEALS
    if not stack.has_people:
        left_out |= OF_PEOPLE
    elif not stack.has_conversions:
        left_out |= WITHOUT_LEADS
    expected = {(system, name) for system, name in contracts.load() if system in systems and name not in left_out}
    assert {key for key in expected if key[1] not in RARE | NOT_SIMULATED} <= written <= expected


# What version 5 of the API has and the connector's own sample has not.
NEWER_FIELDS_OF_PARDOT = {"is_email_hard_bounced"}
# Fields of the company's own on its prospects.
CUSTOM_FIELDS_OF_PARDOT = {"lifecycle_stage", "mql_date", "ga_client_id", "how_did_you_hear_about_us"}


def test_pardot_has_the_columns_that_a_connector_lands(landing: Path, stack: Stack, shared_data: Path) -> None:
    folders = sorted(landing.glob("pardot/*"))
    if stack.map_system != "pardot":
        assert not folders
        return
    real = {path.name.removeprefix("pardot_").removesuffix("_data.csv"): path for path in
            (shared_data / "fivetran_pardot").glob("*.csv")}  # fmt: skip
    assert {folder.name for folder in folders} == set(real)
    for folder in folders:
        names, known = set(headers(min(folder.iterdir()))), set(headers(real[folder.name]))
        assert names <= known | CUSTOM_FIELDS_OF_PARDOT | NEWER_FIELDS_OF_PARDOT, folder.name


def test_salesforce_ids_carry_their_checksum() -> None:
    """Pairs of 15 and 18 characters from Salesforce's own documentation style: capitals give the last three."""
    for identifier in salesforce_ids("001", np.array([0, 1, 61, 62, 10**9])).to_pylist():
        suffix = ""
        for start in (0, 5, 10):
            bits = sum(1 << place for place, letter in enumerate(identifier[start : start + 5]) if letter.isupper())
            suffix += "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"[bits]
        assert len(identifier) == 18
        assert identifier[15:] == suffix


def test_the_nasties_are_there(company: Path) -> None:
    landing = company / "landing"
    assert (next(landing.glob("salesforce/Lead/*"))).read_bytes().startswith(b"\xef\xbb\xbf")
    assert b"\r\n" in next(landing.glob("salesforce/Lead/*")).read_bytes()
    assert next(landing.glob("salesforce/User/*")).read_bytes().startswith(b"\xff\xfe")
    accounts = b"".join(path.read_bytes() for path in landing.glob("salesforce/Account/*"))
    assert "Île".encode("latin-1") in accounts
    members = text(max(landing.glob("salesforce/CampaignMember/*"))).splitlines()[1].split(",")
    assert len(members[0]) == 15
    assert ",null," in text(max(landing.glob("marketo/leads/*")))
    assert re.search(r"\+0000", text(max(landing.glob("salesforce/OpportunityHistory/*"))))
    assert list(landing.glob("ga4/events/*.jsonl.gz"))
    assert list(landing.glob("ga4/events/*.parquet"))
    assert list(landing.glob("*/*/*_v2.*"))


def test_a_corrected_file_repeats_the_day_before(company: Path) -> None:
    corrected = sorted(company.glob("landing/*/*/*_v2.csv"))
    assert corrected
    for path in corrected:
        original = path.with_name(path.name.replace("_v2", ""))
        assert len(text(path)) >= len(text(original)) * 0.5


def test_ingestion_quarantines_exactly_the_rows_that_were_broken(tmp_path: Path) -> None:
    """And nothing else of what the simulator writes is refused: every other row of these tables loads."""
    company = tmp_path / "company"
    simulate(800, out=company, until=date(2025, 1, 31), faults=FaultRates(malformed_row=0.02))
    objects = {("marketo", "leads"): "leads", ("marketo", "activities"): "activities", ("salesforce", "lead"): "Lead"}
    listing = list_landing(str(company / "landing"))
    for key in objects:
        report = ingest(
            contracts.load()[key], listing=listing, lake=tmp_path / "lake", now=datetime(2026, 7, 1, tzinfo=UTC)
        )
        assert report.files_rejected == 0
        assert report.rows_read == report.rows_loaded + report.rows_quarantined
    found = duckdb.execute(
        f"select source_file || ':' || source_line from '{tmp_path}/lake/_quarantine/*/*/*.parquet'"
    ).fetchall()
    names = ", ".join(f"'{name}'" for name in objects.values())
    broken = duckdb.execute(f"""
        select record_id from '{company}/truth/injected_faults.parquet'
        where fault_kind = 'malformed_row' and object in ({names})
    """).fetchall()
    assert broken
    assert sorted(found) == sorted(broken)
