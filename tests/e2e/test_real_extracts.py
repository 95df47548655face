"""One night on the vendors' real extracts, against numbers counted here from the files themselves."""

import csv
import re
import shutil
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from tests.e2e.nights import Night
from tests.real_extracts import EXTRACTS, arrange

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def night(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Night:
    """The published marts of the real extracts."""
    folder = tmp_path_factory.mktemp("real")
    arrange(shared_data, folder / "landing", samples=False)
    shutil.rmtree(folder / "landing" / "pardot")
    night = Night(landing=folder / "landing", home=folder / "home")
    finished = night.run()
    assert finished.returncode == 0, finished.stdout + finished.stderr
    return night


@pytest.fixture(scope="module")
def rows(shared_data: Path) -> dict[str, list[dict[str, str]]]:
    """Every extract as a plain CSV reader sees it, by file name."""
    files = {Path(source).name: shared_data / source for source in EXTRACTS if "pardot" not in source}
    return {name: list(csv.DictReader(path.open(encoding="utf-8-sig", newline=""))) for name, path in files.items()}


def test_every_row_of_every_file_is_loaded(night: Night, rows: dict[str, list[dict[str, str]]]) -> None:
    ledger = night.query(
        "select parse_filename(source_file), read_row_count, loaded_row_count, quarantined_row_count "
        "from fct_load_ledger"
    )
    assert {name: (read, loaded, lost) for name, read, loaded, lost in ledger} == {
        name: (len(records), len(records), 0) for name, records in rows.items()
    }
    assert (len(ledger), sum(read for _, read, _, _ in ledger)) == (len(rows), sum(map(len, rows.values())))


def test_people_are_the_connected_records(night: Night, rows: dict[str, list[dict[str, str]]]) -> None:
    people = _components(_person_edges(rows))
    delivered = {
        *(f"marketo:{row['id']}" for row in rows["marketo_lead_data.csv"]),
        *(f"hubspot:{row['id']}" for row in rows["contact_data.csv"]),
        *(f"salesforce:{row['id']}" for row in rows["sf_lead_data.csv"] + rows["sf_contact_data.csv"]),
    }
    published = night.query("select count(*), count(*) filter (has_delivered_record) from dim_people")
    assert published == [(len(people), sum(bool(person & delivered) for person in people))]


def test_opportunities_and_their_money(night: Night, rows: dict[str, list[dict[str, str]]]) -> None:
    delivered = rows["sf_opportunity_data.csv"]
    assert sum(Decimal(row["amount"]) for row in delivered if row["amount"]) == Decimal("24530001")
    salesforce = [row for row in delivered if row["is_deleted"] != "true"]
    amount = sum(Decimal(row["amount"]) for row in salesforce if row["amount"])
    assert night.query(
        "select system, count(*), coalesce(sum(amount), 0), count(*) filter (is_won) from fct_opportunities "
        "group by system order by system"
    ) == [
        ("hubspot", len(rows["deal_data.csv"]), Decimal(0), 0),
        *(
            [("salesforce", len(salesforce), amount, sum(row["is_won"] == "true" for row in salesforce))]
            if salesforce
            else []
        ),
    ]


def test_spend_in_equals_spend_out_on_every_platform(night: Night, rows: dict[str, list[dict[str, str]]]) -> None:
    google = sum(Decimal(row["cost_micros"]) for row in rows["campaign_stats_data.csv"]) / 1_000_000
    linkedin = sum(Decimal(row["cost_in_local_currency"]) for row in _linkedin_days(rows))
    meta = sum(Decimal(row["spend"]) for row in rows["facebook_ads_basic_ad_data.csv"])
    spend = dict(night.query("select ad_platform, sum(amount) from fct_ad_spend group by ad_platform"))
    assert spend == {"google_ads": google, "linkedin_ads": linkedin, "meta_ads": meta}
    assert meta == Decimal("643.63")


def test_every_click_and_form_fill_is_part_of_a_touchpoint(night: Night, rows: dict[str, list[dict[str, str]]]) -> None:
    told = "select part_kind, system, count(*) from fct_touchpoint_parts group by all order by all"
    assert night.query(told) == [
        ("email_click", "marketo", len(rows["marketo_activity_click_email_data.csv"])),
        ("form_fill", "hubspot", len(rows["contact_form_submission_data.csv"])),
    ]


def test_credit_is_conserved_to_the_cent(night: Night) -> None:
    unequal = night.query(
        "select opportunity_id from fct_opportunities inner join ("
        "    select basis, attribution_model, opportunity_id, sum(credit_usd) as credit_usd, sum(credit_share) as share"
        "    from fct_attribution_credits group by all"
        ") as credits using (opportunity_id) "
        "where credits.share <> 1 or credits.credit_usd is distinct from "
        "case basis when 'revenue' then won_amount_usd else amount_usd end"
    )
    assert unequal == []
    assert night.query("select distinct channel from fct_attribution_credits") == [("unattributed",)]


def _person_edges(rows: dict[str, list[dict[str, str]]]) -> Iterator[tuple[str, str]]:
    """Pairs of records that evidence links; a record alone is a pair with itself."""
    addresses: dict[str, str] = {}
    emails = [("marketo", row) for row in rows["marketo_lead_data.csv"]]
    emails += [("salesforce", row) for row in rows["sf_lead_data.csv"] + rows["sf_contact_data.csv"]]
    for system, row in emails:
        record = f"{system}:{row['id']}"
        yield record, record
        address = row["email"].strip().lower()
        if re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s.]+", address):
            yield record, addresses.setdefault(address, record)
    for row in rows["sf_lead_data.csv"]:
        yield f"salesforce:{row['id']}", f"salesforce:{row['converted_contact_id']}"
    for row in rows["marketo_activity_merge_leads_data.csv"]:
        for loser in re.findall(r"[0-9]+", row["merge_ids"]):
            yield f"marketo:{row['lead_id']}", f"marketo:{loser}"
    for row in rows["marketo_activity_click_email_data.csv"]:
        yield f"marketo:{row['lead_id']}", f"marketo:{row['lead_id']}"
    for row in rows["contact_data.csv"]:
        for other in (row["id"], *filter(None, row["property_hs_merged_object_ids"].split(";"))):
            yield f"hubspot:{row['id']}", f"hubspot:{other}"
    for row in rows["contact_merge_audit_data.csv"]:
        yield f"hubspot:{row['canonical_vid']}", f"hubspot:{row['vid_to_merge']}"
    for row in rows["contact_form_submission_data.csv"]:
        yield f"hubspot:{int(row['contact_id'])}", f"hubspot:{int(row['contact_id'])}"


def _components(edges: Iterator[tuple[str, str]]) -> list[set[str]]:
    """Sets of records that are linked, directly or through others."""
    neighbours: dict[str, set[str]] = defaultdict(set)
    for one, other in edges:
        neighbours[one].add(other)
        neighbours[other].add(one)
    components, seen = [], set()
    for start in neighbours:
        if start in seen:
            continue
        component, frontier = set(), {start}
        while frontier:
            component |= frontier
            frontier = set().union(*(neighbours[record] for record in frontier)) - component
        seen |= component
        components.append(component)
    return components


def _linkedin_days(rows: dict[str, list[dict[str, str]]]) -> list[dict[str, str]]:
    """One row per campaign and day: a day delivered again replaces itself."""
    days = {(row["campaign_id"], row["day"]): row for row in rows["linkedin_ad_analytics_by_campaign_data.csv"]}
    return list(days.values())
