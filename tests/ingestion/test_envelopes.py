"""The ways in which APIs and connectors wrap rows in JSON."""

import json
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from orchestration import contracts
from tests.ingestion.conftest import PEOPLE, Site, with_

ROWS = [{"Id": 1, "Name": "Ann", "UpdatedAt": "2026-01-01"}, {"Id": 2, "Name": "Bob", "UpdatedAt": "2026-01-02"}]
LOADED = [(1, "Ann"), (2, "Bob")]
PAGES = {
    "HubSpot": lambda rows: {"results": rows, "paging": {"next": {"after": "3", "link": "https://x.example/?a=1"}}},
    "Salesforce": lambda rows: {"done": True, "records": [{"attributes": {"type": "X"}, **row} for row in rows]},
    "Meta": lambda rows: {"data": rows, "paging": {"cursors": {"after": "x"}}},
    "LinkedIn": lambda rows: {"paging": {"count": 10, "links": []}, "elements": rows},
    "Marketo": lambda rows: {"requestId": "e42b#1", "result": rows, "success": True, "errors": [], "warnings": []},
    "Pardot": lambda rows: {"nextPageToken": None, "values": rows},
}  # fmt: skip
LAYOUTS = {
    "one page": lambda pages: json.dumps(pages[0]),
    "one pretty page": lambda pages: json.dumps(pages[0], indent=2),
    "a page per line": lambda pages: "\n".join(json.dumps(page) for page in pages) + "\n",
    "an array of pages": json.dumps,
    "a pretty array of pages": lambda pages: json.dumps(pages, indent=1),
}


@pytest.mark.parametrize("api", PAGES)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_pages(site: Site, api: str, layout: str) -> None:
    parts = [ROWS] if layout.startswith("one") else [[ROWS[0]], [ROWS[1]], []]
    site.deliver("a.json", LAYOUTS[layout]([PAGES[api](part) for part in parts]))
    report = site.ingest()
    assert (report.rows_read, report.rows_loaded, report.errors) == (2, 2, [])
    assert site.query("select id, name from lake order by id") == LOADED
    assert site.query("select count(distinct _source_line) from lake") == [(2,)]


def test_a_list_in_a_row_makes_it_no_page(site: Site) -> None:
    site.deliver("a.jsonl", '{"id":1,"updated_at":"2026-01-01","values":[{"id":9}],"errors":["x"]}\n')
    site.deliver("b.json", '{"id":2,"updated_at":"2026-01-01","data":[{"id":9}]}')
    assert site.ingest().rows_loaded == 2
    assert site.query('select id, "values", "data" from lake order by id') == [
        (1, '[{"id":9}]', None), (2, None, '[{"id":9}]'),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"success": False, "errors": [{"code": "601", "message": "Access token invalid"}]}, "Access t"),
        ({"error": {"message": "Invalid OAuth access token.", "code": 190}}, "Invalid OAuth access token."),
        ([{"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}], "Session expired"),
        ([{"error": {"code": 401, "message": "Request had invalid credentials"}}], "invalid cr"),
        ({"status": "error", "message": "Rate limit exceeded", "category": "RATE_LIMITS"}, "Rate limit"),
        ({"serviceErrorCode": 65600, "message": "Invalid access token", "status": 401}, "Invalid access"),
        ({"error": "invalid_grant", "error_description": "authentication failure"}, "authentication failure"),
        ({"result": [], "success": False}, "without saying why"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("indent", [None, 1])
def test_a_failed_call_is_refused_with_what_it_says(site: Site, answer: object, said: str, indent: int | None) -> None:
    site.deliver("a.json", json.dumps(answer, indent=indent))
    site.deliver("b.jsonl", json.dumps(PAGES["HubSpot"](ROWS)) + "\n" + json.dumps(answer) + "\n")
    report = site.ingest()
    assert (report.files_rejected, report.rows_read) == (2, 0)
    assert all("the call failed" in error and said in error for error in report.errors)


def test_pages_with_bad_rows(site: Site) -> None:
    site.deliver("a.jsonl", '{"results":[{"id":1,"updated_at":"2026-01-01"},7]}\n{"results":[{"id":"x"}]}\nbroken\n')
    report = site.ingest()
    assert (report.rows_read, report.rows_loaded, report.rows_quarantined) == (4, 1, 3)


@pytest.mark.parametrize("name", ["properties", "properties_"])
def test_nests_are_opened(site: Site, name: str) -> None:
    nested = with_(nests=("properties",), header_prefixes=("properties_",))
    inner = {"name": "Ann", "amount": "12.50", "Custom": "x"}
    row = {"id": 1, "updatedAt": "2026-01-01"}
    row |= {"properties": inner} if name == "properties" else {f"properties_{key}": v for key, v in inner.items()}
    site.deliver("a.json", json.dumps({"results": [row, {"id": 2, "updatedAt": "2026-01-01", "properties": None}]}))
    report = site.ingest(nested)
    assert (report.rows_loaded, report.cell_defects) == (2, 0)
    assert site.query("select id, name, amount::double, custom from lake order by id")[0] == (1, "Ann", 12.5, "x")


def test_a_nest_that_is_a_text_stays_one(site: Site) -> None:
    nested = with_(nests=("properties",), header_prefixes=("properties_",))
    site.deliver("a.jsonl", '{"id":1,"updated_at":"2026-01-01","properties":"x"}\n')
    site.deliver("b.jsonl", '{"id":2,"updated_at":"2026-01-01","properties":{"name":"Ann"}}\n')
    site.ingest(nested)
    assert site.query("select id, name, properties from lake order by id") == [(1, None, "x"), (2, "Ann", None)]


def test_files_that_spell_one_column_with_and_without_its_nest(site: Site) -> None:
    nested = with_(nests=("properties",), header_prefixes=("properties_",))
    for n, column in enumerate(("name", "properties_name", "full_name")):
        site.deliver(f"{n}.jsonl", json.dumps({"id": n, "updated_at": "2026-01-01", column: "Ann"}))
    assert site.ingest(nested).rows_loaded == 3
    assert site.query("select distinct name from lake") == [("Ann",)]


DATA = [json.dumps({**row, "properties": {"amount": 12.5}}) for row in ROWS]


def raw_lines(*, as_text: bool) -> str:
    data = [text if as_text else json.loads(text) for text in DATA]
    return "".join(
        json.dumps({"_airbyte_raw_id": f"u{n}", "_airbyte_meta": {}, "_airbyte_data": row}) + "\n"
        for n, row in enumerate(data)
    )


def raw_csv() -> str:
    cells = ['"' + text.replace('"', '""') + '"' for text in DATA]
    return "_airbyte_ab_id,_airbyte_emitted_at,_airbyte_data\n" + "".join(f"u,1,{cell}\n" for cell in cells)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.jsonl", raw_lines(as_text=False)),
        ("a.jsonl", raw_lines(as_text=True)),
        ("a.csv", raw_csv()),
        ("a.csv", raw_csv() + "torn\n"),
    ],
)
def test_airbytes_raw_column(site: Site, name: str, content: str) -> None:
    site.deliver(name, content)
    report = site.ingest(with_(nests=("properties",), header_prefixes=("properties_",)))
    assert (report.rows_loaded, report.rows_quarantined, report.errors) == (2, content.count("torn"), [])
    assert site.query("select id, name, amount::double from lake order by id") == [(1, "Ann", 12.5), (2, "Bob", 12.5)]


@pytest.mark.parametrize("as_text", [True, False])
def test_a_raw_record_is_read_as_it_was_written(site: Site, *, as_text: bool) -> None:
    """Whatever is told around it."""
    data = '{"id": 1, "name": "An\\"n", "amount": 123456789012.50, "updated_at": "2026-01-01"}'
    shown = json.dumps(data) if as_text else data
    site.deliver("a.jsonl", f'{{"_airbyte_extracted_at": 1767225600000, "_airbyte_data": {shown}}}\n')
    assert (site.ingest().errors, site.ingest().cell_defects) == ([], 0)
    assert site.query("select id, name, amount::varchar, _extracted_at from lake") == [
        (1, 'An"n', "123456789012.50", datetime(2026, 1, 1))
    ]


def test_nests_of_csv_and_parquet(site: Site, tmp_path: Path) -> None:
    nested = with_(nests=("properties",), header_prefixes=("properties_",))
    site.deliver("a.csv", 'id,updated_at,properties\n1,2026-01-01,"{""name"":""Ann""}"\n2,2026-01-01,\n')
    with duckdb.connect() as connection:
        connection.execute(f"""
            copy (select 3 as id, timestamp '2026-01-01' as updated_at, {{'name': 'Cy', 'amount': 1.5}} as properties)
            to '{tmp_path}/b.parquet'
        """)
    site.deliver("b.parquet", (tmp_path / "b.parquet").read_bytes())
    assert site.ingest(nested).rows_loaded == 3
    assert site.query("select id, name from lake order by id") == [(1, "Ann"), (2, None), (3, "Cy")]


SEARCH_STREAM = [
    {
        "results": [
            {
                "customer": {"resourceName": "customers/123", "id": "1234567890"},
                "campaign": {"resourceName": "customers/123/campaigns/9", "id": "9", "name": "Brand"},
                "metrics": {"clicks": "4", "costMicros": "12340000", "impressions": "120"},
                "segments": {"date": "2026-01-01", "device": "DESKTOP", "adNetworkType": "SEARCH"},
            }
        ],
        "fieldMask": "campaign.id,metrics.clicks",
        "requestId": "x",
    }
]


def test_the_stream_of_google_ads(site: Site) -> None:
    site.deliver("a.json", json.dumps(SEARCH_STREAM, indent=2), folder="google_ads/campaign_stats")
    report = site.ingest(contracts.load()["google_ads", "campaign_stats"])
    assert (report.rows_loaded, report.cell_defects) == (1, 0)
    assert site.query(
        "select customer_id, campaign_id, date::varchar, device, ad_network_type, cost_micros, clicks from lake",
        table="google_ads/campaign_stats",
    ) == [(1234567890, 9, "2026-01-01", "DESKTOP", "SEARCH", 12340000, 4)]


def test_the_first_api_of_hubspot(site: Site) -> None:
    row = {
        "vid": 7,
        "properties": {
            "email": {"value": "a@x.example", "versions": []},
            "createdate": {"value": "1709287200000"},
            "lastmodifieddate": {"value": "1709287200000"},
            "company": {"value": "{not json"},
        },
    }
    page = {"contacts": [row], "has-more": False, "vid-offset": 0}
    site.deliver("a.json", json.dumps(page), folder="hubspot/contacts")
    assert site.ingest(contracts.load()["hubspot", "contacts"]).rows_loaded == 1
    found = site.query("select id, email, company, createdate::varchar from lake", table="hubspot/contacts")
    assert found == [(7, "a@x.example", "{not json", "2024-03-01 10:00:00")]


def test_linkedin_names_its_campaign_by_a_list_and_its_day_by_parts(site: Site) -> None:
    day = {"year": 2026, "month": 3, "day": 1}
    rows = [
        {"pivotValues": ["urn:li:sponsoredCampaign:55"], "dateRange": {"start": day, "end": day}, "costInUsd": "1.5"},
        {"pivotValues": ["urn:li:a:1", "urn:li:b:2"], "dateRange": {"start": day, "end": day}},
    ]
    site.deliver("a.json", json.dumps({"elements": rows}), folder="linkedin_ads/ad_analytics_by_campaign")
    report = site.ingest(contracts.load()["linkedin_ads", "ad_analytics_by_campaign"])
    assert (report.rows_loaded, report.rows_quarantined) == (1, 1)
    found = site.query("select campaign_id, day::varchar from lake", table="linkedin_ads/ad_analytics_by_campaign")
    assert found == [(55, "2026-03-01")]


def test_names_in_contracts_do_not_clash() -> None:
    """No table has a column of a name under which its pages hold rows, nor one named like a nest."""
    for contract in (*contracts.load().values(), PEOPLE):
        columns = {column.name for column in contract.columns}
        assert not columns.intersection(contract.rows_under)
        assert not columns.intersection(contract.nests)


MORE = {
    "hubspot": ({"paging": {"next": {"after": "3"}}}, {}),
    "salesforce": ({"done": False, "nextRecordsUrl": "/services/data/v60.0/query/01g-2000"}, {"done": True}),
    "marketo": ({"moreResult": True, "nextPageToken": "T"}, {"moreResult": False, "nextPageToken": "T"}),
    "google_ads": ({"nextPageToken": "T"}, {"nextPageToken": ""}),
    "linkedin": ({"paging": {"links": [{"rel": "next"}]}}, {"paging": {"links": [{"rel": "prev"}]}}),
}


@pytest.mark.parametrize("vendor", MORE)
def test_a_last_page_that_promises_another_is_named(site: Site, vendor: str) -> None:
    more, last = MORE[vendor]
    pages = [{"results": [{"id": number, "updated_at": "2026-01-01"}], **more} for number in range(1, 11)]
    for number, page in enumerate(pages, start=1):
        site.deliver(f"page_{number}.json", json.dumps(page), at=datetime(2026, 6, 1, 3))
    site.ingest()
    promised = "select source_file from lake where kind = 'more_follows'"
    assert site.query(promised, table="_drift") == [("crm/people/page_10.json",)]
    whole = [*pages, {"results": [{"id": 99, "updated_at": "2026-01-01"}], **last}]
    for number, page in enumerate(whole, start=1):
        site.deliver(f"again_{number}.json", json.dumps(page), at=datetime(2026, 6, 2, 3))
    site.ingest()
    assert len(site.query(promised, table="_drift")) == 1
