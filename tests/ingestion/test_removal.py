"""What connectors and vendors write beside a record that is gone, and when a file was delivered."""

from datetime import datetime

import pytest

from orchestration import contracts
from tests.ingestion.conftest import PEOPLE, Site, column, with_


def said(site: Site, header: str, values: list[str], *, system: str = "crm") -> list[bool | None]:
    """What each value of a marker column says."""
    rows = "".join(f"{n},2026-01-01,{value}\n" for n, value in enumerate(values))
    site.deliver("a.csv", f"id,updated_at,{header}\n{rows}", folder=f"{system}/people")
    report = site.ingest(with_(system=system))
    assert report.drift & {("unknown_column", header)} == set()
    assert report.rows_loaded == len(values)
    return [row[0] for row in site.query("select _is_marked_removed from lake order by id", table=f"{system}/people")]


@pytest.mark.parametrize(
    "header",
    ["_fivetran_deleted", "IsDeleted", "is_deleted", "isDeleted", "__deleted", "_peerdb_is_deleted", "deleted"],
)
def test_flags(site: Site, header: str) -> None:
    assert said(site, header, ["true", "FALSE", "", "1", "perhaps"]) == [True, False, None, True, None]


@pytest.mark.parametrize("header", ["_sdc_deleted_at", "_ab_cdc_deleted_at", "deleted_at", "deletedAt"])
def test_instants(site: Site, header: str) -> None:
    values = ["2026-03-29T00:00:00Z", "", "null", "1970-01-01T00:00:00.000Z", "1774742400000"]
    assert said(site, header, values) == [True, False, False, False, True]


@pytest.mark.parametrize("header", ["__op", "Op", "_change_type"])
def test_operations(site: Site, header: str) -> None:
    assert said(site, header, ["d", "D", "delete", "u", "c", "insert", "?"]) == [True] * 3 + [False] * 3 + [None]


def test_archived_is_gone_in_hubspot_only(site: Site) -> None:
    assert said(site, "archived", ["true", "false"], system="hubspot") == [True, False]
    site.deliver("a.csv", "id,updated_at,archived\n1,2026-01-01,true\n")
    assert ("unknown_column", "archived") in site.ingest().drift
    assert site.query("select _is_marked_removed, archived from lake") == [(None, "true")]


def test_any_marker_that_says_gone_wins(site: Site) -> None:
    site.deliver(
        "a.csv", "id,updated_at,IsDeleted,_sdc_deleted_at\n1,2026-01-01,false,2026-01-02\n2,2026-01-01,false,\n"
    )
    site.ingest()
    assert site.query("select _is_marked_removed from lake order by id") == [(True,), (False,)]


def test_without_a_marker_nothing_is_known(site: Site) -> None:
    site.deliver("a.csv", "id,updated_at\n1,2026-01-01\n")
    site.deliver("b.jsonl", '{"id":2,"updated_at":"2026-01-01"}\n')
    site.deliver("c.jsonl", '{"id":3,"updated_at":"2026-01-01","_sdc_deleted_at":null}\n')
    site.ingest()
    assert site.query("select id, _is_marked_removed from lake order by id") == [(1, None), (2, None), (3, False)]


def test_marker_is_kept_as_it_came(site: Site) -> None:
    site.deliver("a.csv", "id,updated_at,_fivetran_deleted\n1,2026-01-01,TRUE\n")
    site.ingest()
    assert site.query("select fivetran_deleted from lake") == [("TRUE",)]


def test_declared_marker_is_not_missed_where_another_came(site: Site) -> None:
    declared = with_(columns=(*PEOPLE.columns, column("is_deleted", "boolean")))
    site.deliver("a.csv", "id,updated_at,_sdc_deleted_at\n1,2026-01-01,\n")
    site.deliver("b.csv", "id,updated_at,name\n1,2026-01-01,x\n")
    report = site.ingest(declared)
    missed = site.query("select source_file from lake where column_name = 'is_deleted'", table="_drift")
    assert missed == [("crm/people/b.csv",)]
    assert report.drift >= {("missing_column", "is_deleted")}


def test_removal_without_a_cursor_is_dated_by_its_marker_or_delivery(site: Site) -> None:
    site.deliver(
        "a.csv",
        "id,updated_at,_ab_cdc_deleted_at,__op\n1,,2026-03-29T12:00:00+02:00,\n2,,,d\n3,,,u\n4,2026-01-01,,d\n5,x,,d\n",
        at=datetime(2026, 4, 1),
    )
    report = site.ingest()
    assert (report.rows_loaded, report.rows_quarantined) == (3, 2)
    assert site.query("select id, updated_at from lake order by id") == [
        (1, datetime(2026, 3, 29, 10)),
        (2, datetime(2026, 4, 1)),
        (4, datetime(2026, 1, 1)),
    ]
    assert [(line, column) for line, column, *_ in site.quarantined()] == [(4, "updated_at"), (6, "updated_at")]


def test_case_connector_deletion_flags(site: Site) -> None:
    opportunity = contracts.load()["salesforce", "opportunity"]
    times = "2024-02-20T00:00:00Z,2024-03-30T00:00:00Z"
    site.deliver(
        "stitch.csv",
        "Id,IsDeleted,_sdc_deleted_at,CreatedDate,LastModifiedDate\n"
        f"006000000000703,false,2024-03-29T00:00:00Z,{times}\n",
        folder="salesforce/opportunity",
    )
    site.deliver(
        "fivetran.csv",
        f"id,is_deleted,_fivetran_deleted,created_date,last_modified_date\n006000000000701,false,true,{times}\n"
        f"006000000000702,false,false,{times}\n",
        folder="salesforce/opportunity",
    )
    report = site.ingest(opportunity)
    assert {column for kind, column in report.drift if kind == "unknown_column"} == set()
    assert site.query(
        "select left(id, 15), _is_marked_removed from lake order by id", table="salesforce/opportunity"
    ) == [("006000000000701", True), ("006000000000702", False), ("006000000000703", True)]  # fmt: skip


def test_rows_know_when_their_file_was_delivered(site: Site) -> None:
    first, second = datetime(2026, 3, 1, 4, 5, 6), datetime(2026, 3, 2)
    site.deliver("li_9.csv", "id,updated_at\n1,2026-01-01\n", at=first)
    site.deliver("li_10.csv.gz", "id,updated_at\n2,2026-01-01\n", at=second)
    site.ingest()
    assert site.query("select id, _delivered_at, _source_file from lake order by _file_order, id") == [
        (1, first, "crm/people/li_9.csv"),
        (2, second, "crm/people/li_10.csv.gz"),
    ]
    assert site.query("select modified_at from lake order by 1", table="_ledger") == [(first,), (second,)]


SPEND = with_(mode="incremental", cursor=None, columns=PEOPLE.columns[:2])


def spend(site: Site, name: str, value: str, day: int) -> None:
    site.deliver(name, f"id,name\n1,{value}\n", at=datetime(2026, 3, day))


@pytest.mark.parametrize("is_at_once", [True, False])
def test_known_content_that_holds_again_is_a_version_of_its_own(site: Site, is_at_once: bool) -> None:
    for day, (name, value) in enumerate([("b.csv", "first"), ("c.csv", "wrong"), ("a.csv", "first")], 1):
        spend(site, name, value, day)
        if not is_at_once:
            site.ingest(SPEND)
    site.ingest(SPEND)
    assert site.query("select name, _source_file from lake order by _delivered_at") == [
        ("first", "crm/people/b.csv"),
        ("wrong", "crm/people/c.csv"),
        ("first", "crm/people/a.csv"),
    ]
    assert [row[1] for row in site.ledger()] == ["loaded"] * 3


def test_known_content_is_a_duplicate_where_nothing_came_between_or_its_file_was_touched(site: Site) -> None:
    spend(site, "a.csv", "first", 1)
    spend(site, "b.csv", "first", 2)
    site.ingest(SPEND)
    spend(site, "c.csv", "second", 3)
    site.ingest(SPEND)
    spend(site, "a.csv", "first", 4)
    site.ingest(SPEND)
    assert sorted(row[1] for row in site.ledger()) == ["duplicate", "duplicate", "loaded", "loaded"]
