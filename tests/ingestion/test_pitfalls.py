"""Faults of peers' projects that touch ingestion, one test each, named by its id."""

import os
import time
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest

from orchestration import contracts
from orchestration.contracts import spellings_of_null
from tests.ingestion.conftest import PEOPLE, Site, column, with_

PLACEHOLDERS = tuple(spelling for place in ("cell", "value", "id") for spelling in spellings_of_null(place))
# Key prefix of the object, instance and number, checksum.
SALESFORCE_ID = "(?:00[0-9A-Z]|701|7[0-9A-Za-z]{2}|a[0-9A-Za-z]{2})[0-9A-Za-z]{12}[A-Z0-5]{3}"


def test_custom_columns(site: Site) -> None:
    site.deliver("a.csv", "Id,Updated At,Lead_Tier__c,property_hs_all-funky\n1,2026-01-01,Gold,x\n")
    report = site.ingest()
    assert report.drift >= {("unknown_column", "Lead_Tier__c"), ("unknown_column", "property_hs_all-funky")}
    assert site.query("select id, lead_tier_c, hs_all_funky from lake") == [(1, "Gold", "x")]
    listed = site.query("select column_name from lake where kind = 'unknown_column' order by 1", table="_drift")
    assert listed == [("Lead_Tier__c",), ("property_hs_all-funky",)]


def test_null_spellings(site: Site) -> None:
    rows = ["1,null,", "2,NULL, ", "3,n/a,N/A", "4, (Not Set) ,null", "5,,(not set)", '6,"",true', "7,nullify,false"]
    site.deliver("a.csv", "id,name,is_active,updated_at\n" + "".join(f"{row},2026-01-01\n" for row in rows))
    report = site.ingest()
    assert report.cell_defects == 0
    assert site.query("select name, is_active from lake order by id") == [(None, None)] * 5 + [
        (None, True),
        ("nullify", False),
    ]


def test_null_spellings_made_of_digits(site: Site) -> None:
    spelled = with_(null_spellings=("", "000000000000000AAA", "000000000000000", "--"))
    site.deliver(
        "a.csv", "id,crm_id,amount,updated_at\n1,000000000000000aaa,000000000000000,2026-01-01\n2,--,--,2026-01-01\n"
    )
    assert site.ingest(spelled).cell_defects == 0
    assert site.query("select crm_id, amount from lake") == [(None, None)] * 2


def test_id_15_18(site: Site) -> None:
    rows = ["0015e00000AbCdE", "0015E00000AbCdE", "0015e00000AbCdEAAA", "a,7", "short1", "short", "not synced"]
    site.deliver(
        "a.jsonl", "".join(f'{{"id":{n},"crm_id":"{row}","updated_at":"2026-01-01"}}\n' for n, row in enumerate(rows))
    )
    site.ingest()
    ids = [value for (value,) in site.query("select crm_id from lake order by id")]
    assert ids[0] != ids[1]
    assert (len(ids[0]), ids[0][:15]) == (18, rows[0])
    assert ids[2:] == [None, "a,7", "short1", None, None]
    words = [(6, "crm_id", "short"), (7, "crm_id", "not synced")]
    assert site.defects() == [(3, "crm_id", "0015e00000AbCdEAAA"), *words]


def test_id_15_18_on_real_ids(site: Site, shared_data: Path) -> None:
    with duckdb.connect() as connection:
        found = connection.execute(f"""
            select distinct unnest(regexp_extract_all(content, '[^0-9A-Za-z]({SALESFORCE_ID})[^0-9A-Za-z]', 1))
            from read_text('{shared_data}/fivetran_salesforce/*.csv')
        """).fetchall()
    real = sorted(value for (value,) in found)
    assert len(real) > 50
    rows = [(n, value) for n, value in enumerate([*real, *(value[:15] for value in real)])]
    site.deliver("a.csv", "id,crm_id,updated_at\n" + "".join(f"{n},{value},2026-01-01\n" for n, value in rows))
    assert site.ingest().cell_defects == 0
    assert [value for (value,) in site.query("select crm_id from lake order by id")] == real + real


@pytest.mark.parametrize(
    ("text", "formats", "zone", "instant"),
    [
        ("2020-05-06 00:14:31.000", ("iso",), "UTC", datetime(2020, 5, 6, 0, 14, 31)),
        ("2020-05-06T00:14:31.000+0000", ("iso",), "UTC", datetime(2020, 5, 6, 0, 14, 31)),
        ("2020-05-06T00:14:31.000Z", ("iso",), "Europe/Berlin", datetime(2020, 5, 6, 0, 14, 31)),
        ("2020-05-06T00:14:31 Z", ("iso",), "UTC", datetime(2020, 5, 6, 0, 14, 31)),
        ("2020-05-06 00:14:31 UTC", ("iso",), "Europe/Berlin", datetime(2020, 5, 6, 0, 14, 31)),
        ("2020-05-06 00:14:31 +0000", ("iso",), "UTC", datetime(2020, 5, 6, 0, 14, 31)),
        ("2020-05-06T00:14:31+0200", ("iso",), "UTC", datetime(2020, 5, 5, 22, 14, 31)),
        ("2020-05-06T00:14:31.123456-07:00", ("iso",), "UTC", datetime(2020, 5, 6, 7, 14, 31, 123456)),
        ("2020-05-06 00:14:31", ("iso",), "Europe/Berlin", datetime(2020, 5, 5, 22, 14, 31)),
        ("2020-01-06 00:14:31", ("iso",), "America/Los_Angeles", datetime(2020, 1, 6, 8, 14, 31)),
        (" 2020-05-06 ", ("iso",), "UTC", datetime(2020, 5, 6)),
        ("1588724071123456", ("epoch_micros", "iso"), "UTC", datetime(2020, 5, 6, 0, 14, 31, 123456)),
        ("1588724071123", ("epoch_millis",), "UTC", datetime(2020, 5, 6, 0, 14, 31, 123000)),
        ("1588724071", ("epoch_seconds",), "Asia/Tokyo", datetime(2020, 5, 6, 0, 14, 31)),
        ("1588724071", ("iso",), "Asia/Tokyo", datetime(2020, 5, 6, 0, 14, 31)),
        ("1588724071123", ("iso",), "Asia/Tokyo", datetime(2020, 5, 6, 0, 14, 31, 123000)),
        ("1588724071123.0", ("%d/%b/%y",), "UTC", datetime(2020, 5, 6, 0, 14, 31, 123000)),
        ("2020-05-06T00:14:31Z", ("epoch_micros", "iso"), "UTC", datetime(2020, 5, 6, 0, 14, 31)),
        ("11/May/24 03:26 PM", ("%d/%b/%y %I:%M %p",), "UTC", datetime(2024, 5, 11, 15, 26)),
        ("11/May/24 03:26 PM", ("iso", "%d/%b/%y %I:%M %p"), "America/New_York", datetime(2024, 5, 11, 19, 26)),
    ],
)
def test_timestamp_spellings(site: Site, text: str, formats: tuple[str, ...], zone: str, instant: datetime) -> None:
    site.deliver("a.csv", f"id,updated_at\n1,{text}\n")
    site.ingest(with_(timestamp_formats=formats, timestamp_zone=zone))
    assert site.query("select updated_at from lake") == [(instant,)]


@pytest.mark.parametrize(
    "text",
    [
        "yesterday",
        "2020-13-01",
        "infinity",
        "epoch",
        "2020-01-01 10:00 PM",
        "20-01-2020",
        "12020-01-01",
        "0000-00-00",
        "158872407",
        "9999999999",
        "20200506001431",
    ],
)
def test_timestamp_spellings_unreadable(site: Site, text: str) -> None:
    site.deliver("a.csv", f"id,updated_at\n1,{text}\n2,2026-01-01\n")
    report = site.ingest()
    assert (report.rows_loaded, report.rows_quarantined) == (1, 1)
    assert site.quarantined() == [(2, "updated_at", text, "updated_at is not a time written as iso", f"1,{text}")]


TEXT = "id,name,updated_at\r\n1,Jürgen Ångström,2026-01-01\r\n2,Zoë “quoted”,2026-01-02\r\n"


@pytest.mark.parametrize(
    ("encoding", "content"),
    [
        ("utf-8", TEXT.encode()),
        ("utf-8-sig", TEXT.encode("utf-8-sig")),
        ("utf-16", TEXT.encode("utf-16")),
        ("utf-16-le", TEXT.encode("utf-16-le")),
        ("utf-16-be", TEXT.encode("utf-16-be")),
        ("utf-32", TEXT.encode("utf-32")),
        ("iso8859-1", TEXT.encode("cp1252")),
    ],
)
def test_encodings(site: Site, encoding: str, content: bytes) -> None:
    site.deliver("a.csv", content)
    report = site.ingest()
    assert (report.rows_loaded, report.rows_quarantined) == (2, 0)
    assert site.query("select name from lake order by id") == [("Jürgen Ångström",), ("Zoë “quoted”",)]
    assert site.query("select encoding from lake", table="_ledger") == [(encoding,)]


def test_encodings_declared(site: Site) -> None:
    site.deliver("a.csv", "id,name,updated_at\n1,Łódź,2026-01-01\n".encode("iso8859-2"))
    site.ingest(with_(encoding="ISO-8859-2"))
    assert site.query("select name from lake") == [("Łódź",)]


def test_encodings_damaged_utf8_is_not_read_as_latin(site: Site) -> None:
    site.deliver(
        "a.csv",
        "id,name,updated_at\n1,Jürgen,2026-01-01\n2,X,2026-01-01\n3,Zoë,2026-01-01\n".encode().replace(b"X", b"\xfe"),
    )
    report = site.ingest()
    assert (report.rows_loaded, report.rows_quarantined) == (2, 1)
    assert site.query("select name from lake order by id") == [("Jürgen",), ("Zoë",)]
    assert site.quarantined()[0][0] == 3


def test_ragged_rows(site: Site) -> None:
    site.deliver(
        "a.csv",
        "id,name,updated_at,\n"
        "1,Ann,2026-01-01,\n"
        "2,Bob\n"
        "3,Cy,2026-01-01,,extra\n"
        '4,"two\nlines",2026-01-01,\n'
        "\n"
        "5,Di,2026-01-01\n"
        "6,Ed,2026-01-01,,,\n"
        '7,"never closed,2026-01-01,\n'
        "8,Flo,2026-01-01,\n",
    )
    report = site.ingest()
    assert (report.rows_read, report.rows_loaded, report.rows_quarantined) == (8, 5, 3)
    assert site.query("select id, name, _source_line from lake order by id") == [
        (1, "Ann", 2), (4, "two\nlines", 5), (5, "Di", 8), (6, "Ed", 9), (8, "Flo", 11),
    ]  # fmt: skip
    assert [(line, raw) for line, _, _, _, raw in site.quarantined()] == [
        (3, "2,Bob"), (4, "3,Cy,2026-01-01,,extra"), (10, '7,"never closed,2026-01-01,'),
    ]  # fmt: skip
    assert site.quarantined()[0][3] == "it has 2 fields, fewer than the header's 4"


def test_ragged_rows_newline_in_quotes_at_full_speed(site: Site) -> None:
    site.deliver(
        "a.csv", 'id,name,updated_at\n1,"a\nb\nc",2026-01-01\n2,d,2026-01-01\n3,"e\r\nf",2026-01-01\n4,g,2026-01-01\n'
    )
    site.ingest()
    assert site.query("select id, name, _source_line from lake order by id") == [
        (1, "a\nb\nc", 2), (2, "d", 5), (3, "e\r\nf", 6), (4, "g", 8),
    ]  # fmt: skip


def test_ragged_rows_duplicate_header(site: Site) -> None:
    site.deliver("a.csv", "id,name,updated_at,Name\n1,a,2026-01-01,b\n")
    site.deliver("b.csv", "id,name,updated_at\n2,c,2026-01-01\n")
    report = site.ingest()
    assert (report.files_loaded, report.files_rejected) == (1, 1)
    assert "crm/people/a.csv: column 'Name' occurs twice in the header" in report.errors[0]


def test_ragged_rows_blank_header_with_values(site: Site) -> None:
    site.deliver("a.csv", ",id,updated_at,\n0,1,2026-01-01,\n")
    site.ingest()
    assert site.query("select id, column_1 from lake") == [(1, "0")]


def test_half_written_extract(site: Site) -> None:
    site.deliver("a.csv", "id,updated_at\n1,2026-01-01\n")
    for name in ("b.csv.part", "c.csv.tmp", "d.csv.crdownload", ".e.csv", "_f.csv", "g.csv._COPYING_", "h.partial"):
        site.deliver(name, "id,updated_at\n2,2026-01-01\n", done=False)
    old = site.deliver("i.csv", "id,updated_at\n3,2026-01-01\n", done=False)
    os.utime(old, (time.time() - 60,) * 2)
    site.deliver("j.csv", "id,updated_at\n4,2026-01-01\n", done=False)
    report = site.ingest()
    assert report.waiting == []
    assert site.query("select id from lake order by id") == [(1,), (3,), (4,)]


def test_half_written_extract_that_still_grows(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    path = site.deliver("a.csv", "id,updated_at\n1,2026-01-01\n", done=False)

    def write_on(seconds: float) -> None:
        with path.open("a") as file:
            file.write("2,2026-01-0")

    monkeypatch.setattr("orchestration.ingestion.files.time.sleep", write_on)
    report = site.ingest()
    assert (report.files_loaded, report.waiting) == (0, ["crm/people/a.csv"])
    monkeypatch.undo()
    path.write_text("id,updated_at\n1,2026-01-01\n2,2026-01-02\n")
    assert site.ingest().rows_loaded == 2


def test_half_written_extract_cut_gzip_and_parquet(site: Site, tmp_path: Path) -> None:
    import gzip

    packed = gzip.compress(b"id,updated_at\n" + b"".join(b"%d,2026-01-01\n" % n for n in range(5000)))
    with duckdb.connect() as connection:
        connection.execute(f"copy (select 1 as id, '2026-01-01' as updated_at) to '{tmp_path}/b.parquet'")
    whole = (tmp_path / "b.parquet").read_bytes()
    site.deliver("a.csv.gz", packed[: len(packed) // 2])
    site.deliver("b.parquet", whole[:-20])
    report = site.ingest()
    assert (report.files_loaded, report.files_rejected) == (0, 2)
    site.deliver("a.csv.gz", packed)
    site.deliver("b.parquet", whole)
    report = site.ingest()
    assert (report.files_loaded, report.rows_loaded) == (2, 5001)


def test_duplicate_delivery(site: Site) -> None:
    site.deliver("a.csv", "id,updated_at\n1,2026-01-01\n2,2026-01-01\n")
    site.ingest()
    site.deliver("a.csv", "id,updated_at\n1,2026-01-01\n2,2026-01-01\n")  # touched
    site.deliver("b.csv", "id,updated_at\n1,2026-01-01\n2,2026-01-01\n")  # same content, other name
    site.deliver("c.csv", "id,updated_at\n2,2026-01-01\n3,2026-01-01\n")  # overlaps
    report = site.ingest()
    assert (report.files_loaded, report.files_duplicate) == (1, 2)
    assert site.query("select id from lake order by id, _source_file") == [(1,), (2,), (2,), (3,)]
    same = site.query("select count(distinct _row_hash) from lake where id = 2")
    assert same == [(1,)]
    before = sorted(path.name for path in site.lake.rglob("*.parquet"))
    assert site.ingest().files_known == 3
    assert sorted(path.name for path in site.lake.rglob("*.parquet")) == before


def test_duplicate_delivery_in_another_spelling_is_the_same_row(site: Site) -> None:
    site.deliver("a.csv", "id,name,is_active,updated_at\n1,x,TRUE,2026-01-01T00:00:00Z\n")
    site.deliver("b.csv", "UpdatedAt,Id,Name,IsActive,Gained__c\n2026-01-01 00:00:00 UTC,1,x,yes,\n")
    site.deliver("c.jsonl", '{"id": 1, "name": "x", "is_active": true, "updated_at": "2026-01-01"}\n')
    site.deliver("d.csv", "id,full_name,crm_id,updated_at\n1,,x,2026-01-01\n")
    site.ingest()
    assert site.query("select count(distinct _row_hash) from lake where is_active") == [(1,)]
    assert site.query("select count(distinct _row_hash) from lake") == [(2,)]


def test_duplicate_delivery_packed_otherwise(site: Site) -> None:
    import gzip

    site.deliver("a.csv", "id,updated_at\n1,2026-01-01\n")
    site.deliver("b.csv.gz", gzip.compress(b"id,updated_at\n1,2026-01-01\n"))
    assert site.ingest().files_duplicate == 1


def test_trailing_window_loss(site: Site) -> None:
    site.deliver("2026-02.csv", "id,name,updated_at\n1,new,2026-02-01\n")
    site.ingest()
    site.deliver("2026-01.csv", "id,name,updated_at\n1,old,2026-01-01\n2,late,2026-01-01\n")
    site.ingest(now=datetime(2026, 11, 23, tzinfo=UTC))
    assert site.query("select id, name from lake order by updated_at, id") == [(1, "old"), (2, "late"), (1, "new")]


def test_trailing_window_loss_by_a_file_written_anew(site: Site) -> None:
    site.deliver("daily.csv", "id,name,updated_at\n9,x,2026-02-01\n1,first,2026-02-01\n")
    site.ingest()
    site.deliver("daily.csv", "id,name,updated_at\n1,second,2026-02-01\n")
    site.ingest()
    versions = site.query(
        "select name from lake where id = 1 order by updated_at desc, _source_file desc, _source_line desc"
    )
    assert versions == [("second",), ("first",)]


@pytest.mark.parametrize("zone", ["UTC", "America/Los_Angeles", "Pacific/Auckland"])
@pytest.mark.parametrize(
    "text", ["2026-03-31", "2026-03-31T00:00:00.000+0000", "2026-03-31 23:30:00-0800", "2026-03-31T23:59:59Z"]
)
def test_close_date_shift(site: Site, text: str, zone: str) -> None:
    site.deliver("a.csv", f"id,close_date,updated_at\n1,{text},2026-01-01\n")
    site.ingest(with_(timestamp_zone=zone))
    assert site.query("select close_date from lake") == [(date(2026, 3, 31),)]


def test_header_spellings_are_one_column(site: Site) -> None:
    for n, header in enumerate(["IsActive", "is_active", "Is Active", "property_is_active"]):
        site.deliver(f"{n}.csv", f"Id,{header},UpdatedAt\n{n},TRUE,2026-01-01\n")
    site.ingest(PEOPLE)
    assert site.query("select id, is_active from lake order by id") == [(n, True) for n in range(4)]


PEOPLE_BY_ID = [
    column("id", format="id", is_required=True, null_spellings=PLACEHOLDERS),
    *(entry for entry in PEOPLE.columns if entry.name != "id"),
]
CLIENTS = with_(
    columns=(
        *(entry for entry in PEOPLE.columns if entry.name != "crm_id"),
        column("crm_id", format="salesforce_id", null_spellings=PLACEHOLDERS),
        column("account_id", "bigint", format="id", null_spellings=PLACEHOLDERS),
        column("visitor_id", format="id", null_spellings=PLACEHOLDERS),
        column("client_id", format="client_id", null_spellings=PLACEHOLDERS),
    )
)


@pytest.mark.parametrize(
    "spelled",
    [
        *("nan", "NaN", "None", "<NA>", r"\N", "undefined", "null", "NULL", "(not set)", " Undefined ", "-", "--"),
        *("0", "00", "000000000000000", "000000000000000AAA", "00000000-0000-0000-0000-000000000000", "NaT", "nil"),
        *("unknown", "anonymous", "[object Object]", "N/A", "#N/A"),
    ],
)
def test_placeholder_ids_name_nobody(site: Site, spelled: str) -> None:
    rows = [f"{n},{spelled},{spelled},{spelled},{spelled},2026-01-01\n" for n in (1, 2)]
    site.deliver("a.csv", "id,crm_id,account_id,visitor_id,client_id,updated_at\n" + "".join(rows))
    assert site.ingest(CLIENTS).cell_defects == 0
    assert site.query("select crm_id, account_id, visitor_id, client_id from lake") == [(None,) * 4] * 2


@pytest.mark.parametrize("spelled", ["nan", "None", "undefined", "0", "unknown"])
def test_placeholder_ids_are_no_key(site: Site, spelled: str) -> None:
    """A row that nothing names is set aside, not united with others."""
    keyed = with_(columns=tuple(PEOPLE_BY_ID), key=("id",))
    site.deliver("a.csv", f"id,name,updated_at\n{spelled},Nan,2026-01-01\n7,None,2026-01-01\n")
    report = site.ingest(keyed)
    assert (report.rows_loaded, report.rows_quarantined) == (1, 1)
    # In free text it may be a name.
    assert site.query("select id, name from lake") == [("7", "None")]


@pytest.mark.parametrize(
    ("column_name", "text", "value"),
    [
        ("client_id", "GA1.1.111.222", "111.222"),
        ("client_id", "GA1.2-2.111.222", "111.222"),
        ("client_id", "111.0", "111.0"),
        ("client_id", "amp-Xyz_1", "amp-Xyz_1"),
        ("account_id", "urn:li:sponsoredAccount:507", 507),
        ("account_id", "urn:li:sponsoredCampaign:1", 1),
        ("account_id", "customers/1234567890/campaigns/42", 42),
        ("account_id", "campaigns/42", 42),
        ("account_id", "123-456-7890", 1234567890),
        ("account_id", "123.0", 123),
        ("visitor_id", "123.0", "123"),
        ("visitor_id", " abc ", "abc"),
        ("visitor_id", "0a-1", "0a-1"),
        ("visitor_id", "1e5", "1e5"),
        ("visitor_id", "ada@x.example", "ada@x.example"),
    ],
)
def test_ids_have_one_shape_per_kind(site: Site, column_name: str, text: str, value: object) -> None:
    site.deliver("a.csv", f"id,{column_name},updated_at\n1,{text},2026-01-01\n")
    assert site.ingest(CLIENTS).cell_defects == 0
    assert site.query(f"select {column_name} from lake") == [(value,)]


@pytest.mark.parametrize("column_name", ["account_id", "visitor_id", "crm_id", "client_id"])
@pytest.mark.parametrize("text", ["1.20364E+17", "1E+05", "1,2e+17", "1.20364E17"])
def test_rounded_ids_are_told(site: Site, column_name: str, text: str) -> None:
    site.deliver("a.csv", f'id,{column_name},updated_at\n1,"{text}",2026-01-01\n')
    assert site.ingest(CLIENTS).cell_defects == 1
    assert site.query(f"select {column_name} from lake") == [(None,)]
    assert site.defects() == [(2, column_name, text)]


@pytest.mark.parametrize("text", ["urn:li:sponsoredCampaign:", "customers/x/campaigns/y", "2026-01-01", "12-34"])
def test_what_is_no_number_is_no_number_id(site: Site, text: str) -> None:
    site.deliver("a.csv", f"id,account_id,updated_at\n1,{text},2026-01-01\n")
    assert site.ingest(CLIENTS).cell_defects == 1


def test_every_id_of_every_contract_has_a_shape() -> None:
    """A column that holds an id takes no placeholder, whatever it is called."""
    columns = [(contract, entry) for contract in contracts.load().values() for entry in contract.columns]
    loose = [
        f"{contract.system}.{contract.object}.{entry.name}"
        for contract, entry in columns
        if entry.name.endswith("id") and entry.data_type != "boolean" and not entry.is_id
    ]
    assert not loose
    assert all("undefined" in entry.null_spellings for _, entry in columns if entry.is_id)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("12345670001.0", "12345670001"),
        ("https://acme.lightning.force.com/lightning/r/Opportunity/006000000000036AAA/view", "006000000000036AAA"),
        ("https://acme.my.salesforce.com/006000000000036", "006000000000036AAA"),
        ("https://eu1.salesforce.com/apex/page?id=006000000000036&x=1", "006000000000036AAA"),
        ("https://app.hubspot.com/contacts/4711/record/0-3/12345670001/", "12345670001"),
        ("https://app.hubspot.com/contacts/4711/deal/12345670001?x=1", "12345670001"),
        ("006000000000028 ; 006000000000029", "006000000000028;006000000000029"),
        ("https://acme.example/orders/none", "https://acme.example/orders/none"),
    ],
)
def test_ids_of_a_crm_are_read_out_of_what_stands_around_them(site: Site, written: str, meant: str) -> None:
    site.deliver("a.csv", f"id,crm_id,updated_at\n1,{written},2026-01-01\n")
    site.ingest(PEOPLE)
    assert site.query("select crm_id from lake") == [(meant if "none" not in meant else None,)]


NOTES = with_(
    columns=(
        column("id", format="id", is_required=True, aliases=("invoice_id",)),
        column("credit_note_id", format="id", stands_in_for="id"),
        *(entry for entry in PEOPLE.columns if entry.name != "id"),
    ),
)


def test_a_column_that_stands_in_for_the_key_has_numbers_of_its_own(site: Site) -> None:
    site.deliver("a.csv", "invoice_id,name,updated_at\n7714,Bill,2026-01-01\n")
    site.deliver("b.csv", "credit_note_id,name,updated_at\n7714.0,Credit,2026-01-02\n,None,2026-01-02\n")
    site.deliver(
        "c.csv", "credit_note_id,invoice_id,name,updated_at\n7715,1,Credit,2026-01-02\n,7716,Bill,2026-01-02\n"
    )
    site.deliver("d.json", '[{"credit_note_id": "7717", "name": "Credit", "updated_at": "2026-01-02"}]')
    site.ingest(NOTES)
    ids = [("7714", "Bill"), ("7716", "Bill"), *((f"credit_note:{n}", "Credit") for n in (7714, 7715, 7717))]
    assert site.query("select id, name from lake order by 1") == ids
    assert [row[1] for row in site.quarantined()] == ["id"]


def test_an_amount_with_decimals_is_no_count_of_the_smallest_unit(site: Site) -> None:
    counted = with_(columns=(*PEOPLE.columns, column("total", "bigint", format="minor_units", is_required=True)))
    texts = ["100000", "100000.0", "1000.00", '"1,000.00"', "USD 10.50", "-5000", ""]
    rows = "".join(f"{n},{text},2026-01-01\n" for n, text in enumerate(texts))
    site.deliver("a.csv", f"id,total,updated_at\n{rows}")
    site.ingest(counted)
    assert site.query("select id, total from lake order by id") == [(0, 100_000), (1, 100_000), (5, -5_000)]
    assert ["dollars" in row[3] for row in site.quarantined()] == [True, True, True, False]
