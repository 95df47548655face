"""What a landing's folders declare of how their files are written."""

import shutil
from datetime import datetime

import pytest

from orchestration import contracts
from tests.ingestion.conftest import PEOPLE, Site, with_

ROWS = "id;name;amount;updated_at\n1;Jürgen;12.500;2026-07-01 10:00\n"
READ = (12500, datetime(2026, 7, 1, 8))


def declare(site: Site, folder: str, text: str) -> None:
    site.deliver("_landing.yml", text, folder=folder, done=False)


@pytest.mark.parametrize("folder", ["", "crm", "crm/people", "crm/people/export", "CRM/People/export"])
def test_a_folder_declares_how_what_is_below_is_written(site: Site, folder: str) -> None:
    declare(site, folder, "timestamp_zone: Europe/Berlin\ndecimal: comma\nencoding: cp1250\n")
    site.deliver("a.csv", ROWS.encode("cp1250"), folder=(folder if "eople" in folder else "crm/people"))
    report = site.ingest()
    assert (report.rows_loaded, report.errors) == (1, [])
    assert site.query("select amount::int, updated_at, name from lake") == [(*READ, "Jürgen")]


@pytest.mark.parametrize("name", ["_landing.yaml", "_Landing.yml", "landing.yml"])
def test_a_declaration_is_known_however_it_is_spelled(site: Site, name: str) -> None:
    site.deliver(name, "timestamp_zone: Europe/Berlin\ndecimal: comma\n", folder="crm", done=False)
    site.deliver("a.csv", ROWS)
    assert site.ingest().errors == []
    assert site.query("select amount::int, updated_at from lake") == [READ]


def test_the_nearest_folder_holds(site: Site) -> None:
    declare(site, "crm", "timestamp_zone: Asia/Tokyo\ndecimal: comma\n")
    declare(site, "crm/people/berlin", "timestamp_zone: Europe/Berlin\n")
    site.deliver("a.csv", ROWS, folder="crm/people/berlin")
    site.deliver("b.csv", ROWS.replace("1;J", "2;J"))
    site.ingest()
    assert site.query("select id, amount::int, updated_at from lake order by id") == [
        (1, *READ), (2, 12500, datetime(2026, 7, 1, 1)),
    ]  # fmt: skip


def test_a_format_is_tried_before_the_contracts(site: Site) -> None:
    declare(site, "crm", 'timestamp_formats: ["%m/%d/%Y %I:%M %p"]\ntimestamp_zone: America/New_York\n')
    site.deliver("a.csv", "id,updated_at\n1,10/25/2026 03:30 PM\n2,2026-10-25T19:30:00Z\n")
    assert site.ingest().rows_loaded == 2
    assert site.query("select distinct updated_at from lake") == [(datetime(2026, 10, 25, 19, 30),)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("timezone: UTC\n", "'timezone' means nothing; _landing.yml may say timestamp_zone, "),
        ("timestamp_zone: Berlin\n", "timestamp_zone is 'Berlin', and may be an IANA time zone"),
        ("timestamp_zone: 7\n", "timestamp_zone is 7"),
        ("timestamp_zone: EST\n", "timestamp_zone is 'EST'"),
        ('timestamp_formats: ["dd.MM.yyyy"]\n', "timestamp_formats is ['dd.MM.yyyy'], and may be a list"),
        ("decimal: ','\n", "decimal is ',', and may be point or comma"),
        ("encoding: latin-99\n", "encoding is 'latin-99'"),
        ("timestamp_formats: '%Y'\n", "timestamp_formats is '%Y', and may be a list"),
        ("- decimal\n", "holds no `key: value` lines"),
        ("a: b: c\n", "it is no YAML"),
    ],
)
def test_a_malformed_declaration_is_refused_and_what_it_concerns_waits(site: Site, text: str, said: str) -> None:
    declare(site, "crm", text)
    site.deliver("a.csv", ROWS)
    report = site.ingest()
    assert (report.rows_read, report.waiting) == (0, ["crm/people/a.csv"])
    assert report.errors[0].startswith("crm/_landing.yml: ")
    assert said in report.errors[0]
    assert site.ingest().errors == []
    declare(site, "crm", "decimal: comma\n# corrected\n")
    assert site.ingest().rows_loaded == 1


def test_what_was_refused_is_read_once_it_is_declared(site: Site) -> None:
    site.deliver("a.csv", ROWS)
    assert site.ingest().files_rejected == 1
    assert site.ingest().files_known == 1
    declare(site, "crm/people", "decimal: point\n")
    assert site.ingest().rows_loaded == 1
    assert site.query("select amount::double from lake") == [(12.5,)]


def test_what_was_read_stays_as_it_was_read_and_is_told(site: Site) -> None:
    site.deliver("a.csv", "id,updated_at\n1,2026-07-01 10:00\n")
    site.ingest()
    declare(site, "crm/people", "timestamp_zone: Europe/Berlin\n")
    site.deliver("b.csv", "id,updated_at\n2,2026-07-01 10:00\n")
    report = site.ingest()
    assert report.kept == ["1 files below crm/people/ since crm/people/_landing.yml was written"]
    assert (report.files_known, report.rows_loaded) == (1, 1)
    assert site.query("select id, updated_at::varchar from lake order by id") == [
        (1, "2026-07-01 10:00:00"), (2, "2026-07-01 08:00:00"),
    ]  # fmt: skip


def test_a_table_taken_out_of_the_lake_is_read_anew(site: Site) -> None:
    """What docs/delivering.md advises."""
    site.deliver("a.csv", "id,updated_at\n1,2026-07-01 10:00\nx,2026-07-01\n")
    site.ingest()
    declare(site, "crm", "timestamp_zone: Europe/Berlin\n")
    for folder in (".", "_ledger", "_quarantine", "_defects", "_drift"):
        shutil.rmtree(site.lake / folder / "crm" / "people", ignore_errors=True)
    assert site.ingest().rows_read == 2
    assert site.query("select updated_at::varchar from lake") == [("2026-07-01 08:00:00",)]
    assert len(site.quarantined()) == 1


def test_other_tables_are_not_concerned(site: Site) -> None:
    declare(site, "crm/other", "nonsense: 1\n")
    site.deliver("a.csv", "id,updated_at\n1,2026-07-01\n")
    assert site.ingest(with_(PEOPLE)).rows_loaded == 1


HUBSPOT = (
    '"Record ID","First Name","Email","Phone Number","Company Name","Lifecycle Stage","Create Date",'
    '"Last Modified Date","Country/Region","Unsubscribed from all email"\n'
    '"901","Ana","ana@x.example","+49 1","Alder","Marketing Qualified Lead",'
    '"2026-07-01 10:00","2026-07-01 11:00","DE","No"\n'
)
MARKETO = (
    "Id,Email Address,First Name,Company Name,Phone Number,Person Source,Person Score,Created At,Updated At\n"
    "7,ben@x.example,Ben,Birch,+49 2,Web,12,2026-07-01 10:00:00,2026-07-01 11:00:00\n"
)


def test_a_screen_s_times_without_a_zone_are_named_until_somebody_declares_one(site: Site) -> None:
    assumed = {("assumed_zone", "Create Date"), ("assumed_zone", "Last Modified Date")}
    contract = contracts.load()["hubspot", "contacts"]
    site.deliver("all.csv", HUBSPOT, folder="hubspot/contacts")
    site.ingest(contract)
    zones = "select distinct kind, column_name from lake where kind = 'assumed_zone'"
    assert set(site.query(zones, table="_drift")) == assumed
    declare(site, "hubspot/contacts/utc", "timestamp_zone: UTC\n")
    site.deliver("b.csv", HUBSPOT.replace("901", "902"), folder="hubspot/contacts/utc")
    site.deliver("c.csv", HUBSPOT.replace(':00"', ':00Z"'), folder="hubspot/contacts")
    site.ingest(contract)
    assert len(site.query(zones.replace("distinct", ""), table="_drift")) == 2


def test_screen_exports(site: Site) -> None:
    declare(site, "hubspot", "timestamp_zone: Europe/Berlin\n")
    site.deliver("all.csv", HUBSPOT, folder="hubspot/contacts")
    site.deliver("list.csv", MARKETO, folder="marketo/leads")
    for system, table in (("hubspot", "contacts"), ("marketo", "leads")):
        report = site.ingest(contracts.load()[system, table])
        assert (report.rows_loaded, report.cell_defects) == (1, 0)
        assert {kind for kind, _ in report.drift} == {"missing_column"}
    found = "select id, email, phone, company, country, hs_email_optout, createdate::varchar from lake"
    assert site.query(found, table="hubspot/contacts") == [
        (901, "ana@x.example", "+49 1", "Alder", "DE", False, "2026-07-01 08:00:00")
    ]
    found = "select id, email, phone, company, lead_source, lead_score, created_at::varchar from lake"
    assert site.query(found, table="marketo/leads") == [
        (7, "ben@x.example", "+49 2", "Birch", "Web", 12, "2026-07-01 10:00:00")
    ]
