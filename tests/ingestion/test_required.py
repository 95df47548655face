"""What a file and a row need: columns that are known, and values in those that the contract requires."""

import json

import pytest

from orchestration import contracts
from tests.ingestion.conftest import PEOPLE, Site, column, with_

DATED = with_(columns=(*PEOPLE.columns, column("created_at", "timestamp", is_required=True)))
FOREIGN = "id,updated_at,{}\n1,2026-01-01,{}\n"


def header(*names: str) -> str:
    return FOREIGN.format(",".join(names), ",".join("x" for _ in names))


@pytest.mark.parametrize(
    "names",
    [
        ("sku", "price", "stock"),
        ("sku", "price", "stock", "_airbyte_raw_id", "_fivetran_synced"),
        ("name", *(f"c{n}" for n in range(20))),
    ],
)
@pytest.mark.parametrize("is_json", [False, True])
def test_a_file_of_which_hardly_a_column_is_known_is_refused(site: Site, names: tuple[str, ...], is_json: bool) -> None:
    row = {"id": 1, "updated_at": "2026-01-01", **dict.fromkeys(names, "x")}
    site.deliver("a.jsonl" if is_json else "a.csv", json.dumps(row) if is_json else header(*names))
    report = site.ingest()
    assert (report.files_rejected, report.rows_read) == (1, 0)
    assert "hardly a column is known" in report.errors[0]
    assert "If these are no crm.people (People)" in report.errors[0]
    assert site.ingest(with_(least_known=0)).rows_loaded == 1


@pytest.mark.parametrize(
    "names",
    [
        (),
        ("sku", "price"),
        ("name", "sku", "price"),
        ("_fivetran_id", "_fivetran_synced", "_line", "_file"),
        ("is_deleted", "deleted_at", "sku", "price"),
        ("name", "is_active", "amount", "share", "payload", *(f"custom_{n}" for n in range(400))),
    ],
)
def test_sparse_and_wide_files_are_read(site: Site, names: tuple[str, ...]) -> None:
    site.deliver("a.csv", header(*names))
    assert site.ingest().rows_loaded == 1


def test_contacts_that_share_nothing_but_their_id(site: Site) -> None:
    site.deliver(
        "tickets.csv",
        "id,createdate,updated_at,subject,pipeline,priority,source,content\n1,2026-01-01,2026-01-01,a,b,c,d,e\n",
        folder="hubspot/contacts",
    )
    assert "hardly a column is known: 0 of 5" in site.ingest(contracts.load()["hubspot", "contacts"]).errors[0]


def test_a_row_without_what_is_required_is_quarantined(site: Site) -> None:
    site.deliver(
        "a.csv",
        "id,created_at,updated_at,name\n1,2026-01-01,2026-01-01,a\n2,,2026-01-01,b\n3,10/25/2016,2026-01-01,c\n",
    )
    report = site.ingest(DATED)
    assert (report.rows_loaded, report.rows_quarantined, report.cell_defects) == (1, 2, 0)
    assert [row[:4] for row in site.quarantined()] == [
        (3, "created_at", None, "created_at is empty, and every row needs it"),
        (4, "created_at", "10/25/2016", "created_at is not a time written as iso"),
    ]


def test_an_unreadable_value_that_may_be_null_costs_no_row(site: Site) -> None:
    site.deliver("a.csv", "id,close_date,updated_at\n1,10/25/2016,2026-01-01\n")
    report = site.ingest()
    assert (report.rows_loaded, report.cell_defects) == (1, 1)


def test_a_row_that_says_its_record_is_gone_needs_no_more_than_its_key(site: Site) -> None:
    site.deliver("a.csv", "id,created_at,updated_at,is_deleted\n1,,2026-01-01,true\n2,,2026-01-01,false\n")
    report = site.ingest(DATED)
    assert (report.rows_loaded, report.rows_quarantined) == (1, 1)
    assert site.query("select id, created_at, _is_marked_removed from lake") == [(1, None, True)]


def test_json_rows_that_leave_out_what_is_required(site: Site) -> None:
    rows = [{"id": 1, "created_at": "2026-01-01", "updated_at": "2026-01-01"}, {"id": 2, "updated_at": "2026-01-01"}]
    site.deliver("a.jsonl", "\n".join(json.dumps(row) for row in rows))
    report = site.ingest(DATED)
    assert (report.rows_loaded, report.rows_quarantined) == (1, 1)
