"""The same rows in each format that vendors deliver."""

import gzip
import json
import os
from pathlib import Path

import duckdb
import pytest

from tests.ingestion.conftest import PEOPLE, Site, column, with_

ROWS = [(1, "Ann, A.", "true", "12.50", "2026-01-31"), (2, 'Bob "B"', "no", "", "2026-02-28")]
HEADER = ["id", "name", "is_active", "amount", "updated_at"]
LOADED = [(1, "Ann, A.", True, 12.5), (2, 'Bob "B"', False, None)]


def delimited(delimiter: str) -> bytes:
    lines = [HEADER, *([str(value) for value in row] for row in ROWS)]
    quoted = [delimiter.join('"' + value.replace('"', '""') + '"' for value in line) for line in lines]
    return ("\n".join(quoted) + "\n").encode()


def objects() -> list[dict[str, object]]:
    return [{name: value for name, value in zip(HEADER, row, strict=True) if value != ""} for row in ROWS]


FILES = {
    "a.csv": delimited(","),
    "a.tsv": delimited("\t"),
    "semicolon.csv": delimited(";"),
    "pipe.txt": delimited("|"),
    "a.jsonl": "\n".join(json.dumps(row) for row in objects()).encode(),
    "blank lines.ndjson": ("\n\n".join(json.dumps(row) for row in objects()) + "\n\n").encode(),
    "bom.jsonl": ("\n".join(json.dumps(row) for row in objects())).encode("utf-8-sig"),
    "array.json": json.dumps(objects()).encode(),
    "pretty array.json": json.dumps(objects(), indent=2).encode(),
    "page.json": json.dumps({"requestId": "x", "result": objects(), "success": True}).encode(),
    "page [1].json": json.dumps({"paging": {"next": 1}, "results": objects()}, indent=1).encode(),
}


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("packed", [False, True])
def test_formats(site: Site, name: str, packed: bool) -> None:
    site.deliver(name + (".gz" if packed else ""), gzip.compress(FILES[name]) if packed else FILES[name])
    report = site.ingest()
    assert (report.rows_read, report.rows_loaded, report.errors) == (2, 2, [])
    assert site.query("select id, name, is_active, amount::double from lake order by id") == LOADED
    assert site.query("select count(distinct _source_line), min(_source_line) > 0 from lake") == [(2, True)]


@pytest.mark.parametrize("packed", [False, True])
def test_parquet(site: Site, tmp_path: Path, packed: bool) -> None:
    with duckdb.connect() as connection:
        connection.execute(f"""
            copy (
                select 1 as "Id", 'Ann' as name, true as is_active, 12.5::decimal(9, 3) as amount, 0.1::double as share,
                    date '2026-03-31' as close_date, {{'a': [1, 2]}} as payload, [1, 2] as tags,
                    timestamptz '2026-01-01 02:00:00+02' as updated_at
                union all
                select null, 'No key', null, null, null, null, null, null, now()
            ) to '{tmp_path}/a.parquet'
        """)
    content = (tmp_path / "a.parquet").read_bytes()
    site.deliver("a.parquet.gz" if packed else "a.parquet", gzip.compress(content) if packed else content)
    report = site.ingest(with_(timestamp_zone="America/New_York"))
    assert (report.rows_read, report.rows_loaded, report.rows_quarantined) == (2, 1, 1)
    assert site.query(
        "select id, is_active, amount::double, share, close_date::varchar, payload, tags, updated_at::varchar from lake"
    ) == [(1, True, 12.5, 0.1, "2026-03-31", '{"a":[1,2]}', "[1,2]", "2026-01-01 00:00:00")]


def test_bytes_that_are_no_text_are_one_column_of_a_parquet_file(site: Site, tmp_path: Path) -> None:
    with duckdb.connect() as connection:
        connection.execute(f"""
            copy (
                select 1 as id, 'Ann'::blob as name, '\\xFF\\xFE'::blob as picture, timestamp '2026-01-01' as updated_at
            ) to '{tmp_path}/a.parquet'
        """)
    site.deliver("a.parquet", (tmp_path / "a.parquet").read_bytes())
    assert site.ingest().errors == []
    assert site.query("select id, name, picture from lake") == [(1, "Ann", "\\xFF\\xFE")]


@pytest.mark.parametrize("name", [b"latin\xfc.csv", b"latin\xe4.csv.gz"])
def test_a_name_of_another_encoding_is_read_and_shown_by_its_bytes(site: Site, name: bytes) -> None:
    content = b"id,updated_at\n1,2026-01-01\n"
    path = site.deliver("a.csv", gzip.compress(content) if name.endswith(b"gz") else content)
    os.rename(path, os.path.join(os.fsencode(path.parent), name))
    os.rename(f"{path}.done", os.path.join(os.fsencode(path.parent), name + b".done"))
    assert site.ingest().rows_loaded == 1
    assert site.query("select _source_file from lake") == [("crm/people/" + name.decode(errors="backslashreplace"),)]


@pytest.mark.parametrize(
    ("text", "encoding", "shown"),
    [
        ("M\u00fcller K\u00f6ln", "cp850", "M\x81ller"),
        ("Wa\u0142\u0119sa", "cp1250", "Wa\u00b3\u00easa"),
        ("\u041f\u0440\u0438\u0432\u0435\u0442", "cp1251", "\u00cf\u00f0\u00e8\u00e2\u00e5\u00f2"),
        ("M\u00fcller", "mac_roman", "\u0178ller"),
    ],
)
def test_an_encoding_that_nobody_declared_is_asked_for(site: Site, text: str, encoding: str, shown: str) -> None:
    content = f"id,name,updated_at\n1,{text},2026-01-01\n".encode(encoding)
    site.deliver("a.csv", content)
    (error,) = site.ingest().errors
    assert f"neither UTF-8 nor Windows-1252, in which its text would read {shown!r}" in error
    site.deliver("_landing.yml", f"encoding: {encoding}\n", done=False)
    assert site.ingest().errors == []
    assert site.query("select name from lake") == [(text,)]


def test_a_long_word_is_read_once(site: Site) -> None:
    """Looked at from each of its letters, a picture in a cell would take hours."""
    word = "A" * 2_000_000
    site.deliver("a.csv", f'id,name,updated_at\n1,"Caf\u00e9 {word}",2026-01-01\n'.encode("cp1252"))
    assert site.ingest().errors == []
    assert site.query("select length(name) from lake") == [(len(word) + 5,)]


def test_windows_1252_is_known_by_its_signs(site: Site) -> None:
    text = "O\u2019Brien \u2013 \u201cCaf\u00e9\u201d, 5\u00bd m\u00b3, \u00a3500m, L\u2019Or\u00e9al\u00ae"
    site.deliver("a.csv", f'id,name,updated_at\n1,"{text}",2026-01-01\n'.encode("cp1252"))
    assert site.ingest().errors == []
    assert site.query("select name from lake") == [(text,)]


@pytest.mark.parametrize("zone", ["BST", "IST", "PST", "CEST", "EST"])
def test_letters_of_a_zone_tell_no_instant(site: Site, zone: str) -> None:
    site.deliver("a.csv", f"id,updated_at\n1,2026-06-15 10:00:00 {zone}\n2,2026-06-15 10:00:00 Europe/Berlin\n")
    assert site.ingest().rows_quarantined == 1
    assert site.query("select id, updated_at::varchar from lake") == [(2, "2026-06-15 08:00:00")]


def test_parquet_as_bigquery_wraps_lists(site: Site, tmp_path: Path) -> None:
    events = with_(
        key=(),
        cursor="event_timestamp",
        timestamp_formats=("epoch_micros", "iso"),
        columns=(
            column("event_timestamp", "timestamp", is_required=True),
            column("event_name", is_required=True),
            column("event_params", format="json"),
        ),
    )
    wrapped = "{'list': [{'element': {'key': 'page', 'value': {'string_value': '/'}}}]}"
    plain = "[{'key': 'page', 'value': {'string_value': '/'}}]"
    for name, params in (("a", wrapped), ("b", plain)):
        path = tmp_path / f"{name}.parquet"
        with duckdb.connect() as connection:
            connection.execute(
                f"copy (select 1588724071123456 as event_timestamp, 'view' as event_name, {params} as event_params) "
                f"to '{path}'"
            )
        site.deliver(path.name, path.read_bytes())
    site.deliver(
        "c.jsonl",
        '{"event_timestamp":"1588724071123456","event_name":"view","event_params":[{"key":"page","value":{"string_value":"/"}}]}\n',
    )
    site.ingest(events)
    assert site.query("select distinct event_params, event_timestamp::varchar, _row_hash is not null from lake") == [
        ('[{"key":"page","value":{"string_value":"/"}}]', "2020-05-06 00:14:31.123456", True)
    ]
    assert site.query("select count(distinct _row_hash) from lake") == [(1,)]


def test_bad_json_lines_are_quarantined(site: Site) -> None:
    site.deliver(
        "a.jsonl",
        '{"id":1,"updated_at":"2026-01-01"}\n{"id":2,"upda\n[3]\n"x"\n\n{"id":4,"updated_at":"2026-01-01"}\n{"id":5}\n',
    )
    report = site.ingest()
    assert (report.rows_read, report.rows_loaded, report.rows_quarantined) == (6, 2, 4)
    assert [(line, raw) for line, _, _, _, raw in site.quarantined()][:3] == [
        (2, '{"id":2,"upda'),
        (3, "[3]"),
        (4, '"x"'),
    ]
    assert site.query("select id, _source_line from lake order by id") == [(1, 1), (4, 6)]


def test_json_document_cut_short_keeps_its_good_rows(site: Site) -> None:
    site.deliver(
        "a.json", '{"result":[{"id":1,"updated_at":"2026-01-01"},\n {"id":2,"updated_at":"2026-01-01"},\n {"id":3,"upd'
    )
    report = site.ingest()
    assert (report.rows_loaded, report.rows_quarantined) == (2, 1)


def test_json_page_of_another_object_is_quarantined(site: Site) -> None:
    site.deliver("a.json", '{"success":true,"result":[{"apiName":"attend","name":"Attend"}]}')
    report = site.ingest()
    assert (report.rows_loaded, report.rows_quarantined, report.errors) == (0, 1, [])
    assert site.quarantined()[0][1:4] == ("id", None, "id is empty, and a row is of no use without its key")


def test_json_spellings_of_several_files(site: Site) -> None:
    site.deliver("a.jsonl", '{"id":1,"updatedAt":"2026-01-01","name":"a"}\n')
    site.deliver("b.jsonl", '{"id":2,"updated_at":"2026-01-01","IsActive":true}\n')
    site.deliver("c.jsonl", '{"id":3,"updated_at":"2026-01-01","updatedAt":"2026-01-01"}\n')
    report = site.ingest()
    assert (report.rows_loaded, report.files_rejected) == (2, 1)
    assert "'updated_at' occurs twice" in report.errors[0]
    assert site.query("select id, name, is_active from lake order by id") == [(1, "a", None), (2, None, True)]


def test_empty_and_header_only(site: Site) -> None:
    site.deliver("empty.csv", "")
    site.deliver("blank.csv", "\n\n")
    site.deliver("empty.jsonl", "")
    site.deliver("header.csv", "id,updated_at")
    site.deliver("headerline.csv", "id,updated_at\r\n")
    report = site.ingest()
    assert (report.files_loaded, report.files_rejected, report.rows_read) == (3, 2, 0)
    assert all("the file is empty" in error for error in report.errors)


def test_old_line_ends_and_mixed_ones(site: Site) -> None:
    site.deliver("cr.csv", "id,updated_at\r1,2026-01-01\r2,2026-01-01\r")
    site.deliver("mixed.csv", "id,updated_at\r\n3,2026-01-01\n4,2026-01-01\r\n")
    assert site.ingest().rows_loaded == 4
    assert site.query("select id, _source_line from lake order by id") == [(1, 2), (2, 3), (3, 2), (4, 3)]


def test_nul_bytes(site: Site) -> None:
    site.deliver("a.csv", b"id,name,updated_at\n1,a\x00b,2026-01-01\n2,c,2026-01-01\n\x00\x00\x00\x00")
    report = site.ingest()
    assert (report.rows_loaded, report.rows_quarantined) == (1, 2)
    assert site.quarantined()[0][4] == "1,a\u2400b,2026-01-01"


def test_cells_that_can_not_be_read_become_null(site: Site) -> None:
    site.deliver(
        "a.csv",
        "id,is_active,amount,share,close_date,payload,crm_id,updated_at\n"
        "1,maybe,12 apples,nan,soon,{,0015e00000AbCdEAAA,2026-01-01\n"
        '2,Y,1e3,0.5,20260131,"{""a"":1}",,2026-01-01\n'
        "1.5,,,,,,,2026-01-01\n"
        "4.0,,,,,,,2026-01-01\n",
    )
    report = site.ingest()
    assert (report.rows_loaded, report.rows_quarantined, report.cell_defects) == (3, 1, 6)
    assert site.defects() == [
        (2, "amount", "12 apples"), (2, "close_date", "soon"), (2, "crm_id", "0015e00000AbCdEAAA"),
        (2, "is_active", "maybe"), (2, "payload", "{"), (2, "share", "nan"),
    ]  # fmt: skip
    assert site.quarantined()[0][:4] == (4, "id", "1.5", "id is not a whole number")
    assert site.query("select id, is_active, amount::int, close_date::varchar from lake order by id") == [
        (1, None, None, None), (2, True, 1000, "2026-01-31"), (4, None, None, None),
    ]  # fmt: skip


def test_missing_columns(site: Site) -> None:
    site.deliver("a.csv", "id,name\n1,a\n")
    report = site.ingest()
    assert report.errors == [
        "crm/people/a.csv: required column 'updated_at' is missing; the header has id, name. Add it to the export, or, "
        "if the vendor spells it otherwise, add that spelling to `aliases` in _crm__sources.yml, table people"
    ]
    lenient = with_(
        columns=tuple(c if c.name != "updated_at" else column("updated_at", "timestamp") for c in PEOPLE.columns)
    )
    report = site.ingest(lenient)
    assert (report.rows_loaded, report.rows_quarantined) == (1, 0)
    assert ("missing_column", "updated_at") in report.drift


def test_an_alias_never_takes_another_columns_name(site: Site) -> None:
    columns = (
        column("id", "bigint", is_required=True),
        column("a", aliases=("b",)),
        column("b"),
        column("updated_at", "timestamp", aliases=("b",)),
    )
    site.deliver("a.csv", "id,b\n1,x\n")
    site.ingest(with_(columns=columns))
    assert site.query("select a, b from lake") == [(None, "x")]


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
def test_a_column_that_may_share_reads_a_header_that_is_the_keys_too(site: Site, form: str) -> None:
    """Whichever file comes first: one with the key and the older id, one with either alone."""
    columns = (
        column("guid", format="id", is_required=True, aliases=("id",)),
        column("beside", format="id", aliases=("id",)),
        column("number", format="id", may_share=True, aliases=("id",)),
        column("updated_at", "timestamp", is_required=True),
    )
    contract = with_(columns=columns, key=("guid",))
    files = {"a": {"id": "7"}, "b": {"guid": "g8", "id": "8"}, "c": {"guid": "g9"}, "d": {"id": "10"}}
    for name, cells in files.items():
        row = {**cells, "updated_at": "2026-01-01"}
        text = {
            "csv": f"{','.join(row)}\n{','.join(row.values())}\n",
            "jsonl": json.dumps(row) + "\n",
            "parquet": b"",
        }[form]
        path = site.deliver(f"{name}.{form}", text)
        if form == "parquet":
            selected = ", ".join(f"'{value}' as {header}" for header, value in row.items())
            duckdb.sql(f"copy (select {selected}) to '{path}' (format parquet)")
    report = site.ingest(contract)
    assert (report.rows_loaded, report.rows_quarantined, report.errors) == (4, 0, [])
    assert ("unknown_column", "id") not in report.drift
    assert site.query("select guid, beside, number from lake order by updated_at, guid") == [
        ("10", None, "10"), ("7", None, "7"), ("g8", "8", "8"), ("g9", None, None),
    ]  # fmt: skip


def test_what_is_no_number_is_told_from_one_that_does_not_fit(site: Site) -> None:
    amounts = ("12 apples", "99999999999999999999.5", "USD 1,200.50")
    rows = "".join(f'{number},"{amount}",2026-06-01\n' for number, amount in enumerate(amounts, start=1))
    site.deliver("a.csv", f"id,amount,updated_at\n{rows}")
    site.ingest()
    assert site.reasons() == [
        ("12 apples", "amount is no number"),
        ("99999999999999999999.5", "amount is not a number that fits decimal(18,2)"),
    ]
