"""Any bytes in: no crash, every row accounted for, every good row loaded."""

import csv
import io
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.ingestion.conftest import Site

pytestmark = pytest.mark.slow

MAX_EXAMPLES = int(os.environ.get("HYPOTHESIS_EXAMPLES", "15"))
few = settings(max_examples=MAX_EXAMPLES // 2, deadline=None, suppress_health_check=list(HealthCheck))
moderate = settings(max_examples=MAX_EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))

HEADER = b"id,name,is_active,amount,updated_at\n"


@contextmanager
def fresh_site() -> Iterator[Site]:
    with tempfile.TemporaryDirectory() as folder:
        site = Site(landing=Path(folder, "landing"), lake=Path(folder, "lake"))
        site.landing.mkdir()
        yield site


def accounted(site: Site) -> None:
    """The ledger, the lake and the quarantine tell the same counts."""
    for _, status, read, loaded, quarantined in site.ledger():
        assert read == loaded + quarantined
        assert status == "loaded" or read == 0
    ledger = site.query(
        "select coalesce(sum(rows_loaded), 0), coalesce(sum(rows_quarantined), 0) from lake", table="_ledger"
    )
    assert site.query("select count(*) from lake") == [(ledger[0][0],)]
    assert len(site.quarantined()) == ledger[0][1]


@moderate
@given(
    content=st.binary(max_size=400),
    name=st.sampled_from(["a.csv", "a.tsv", "a.jsonl", "a.json", "a.parquet", "a.csv.gz"]),
)
@example(content=b"\x1f\x8b", name="a.csv.gz")
@example(content=b"{", name="a.csv.gz")
@example(content=b"PAR1PAR1", name="a.parquet")
@example(content=b"\xff\xfe\x00", name="a.csv")
@example(content=b"[" * 5000, name="a.json")
@example(content=b'{"\\u0000":1,"id":1,"updated_at":"2026-01-01"}', name="a.jsonl")
def test_any_bytes_are_accounted_for(content: bytes, name: str) -> None:
    with fresh_site() as site:
        site.deliver(name, content)
        report = site.ingest()
        assert report.files_loaded + report.files_rejected == 1
        accounted(site)


@moderate
@given(body=st.binary(max_size=300) | st.text('1,"\n\r;\t x\\\0é', max_size=200).map(str.encode))
@example(body=b'1,"x\n2,y,true,1,2026-01-01\n')
@example(body=b"\n\r\n,,,,\n")
@example(body=b"9223372036854775808,,,1e99,294247-01-10\n")
@example(body=b"1,a,t,1,2026-01-01\r2,b,f,1,2026-01-01\n")
@example(body=b'1,"a"b,t,1,2026-01-01\n')
@example(body=b'1,"a\n"\n\n"",,,\n')
def test_any_rows_under_a_good_header_are_accounted_for(body: bytes) -> None:
    with fresh_site() as site:
        site.deliver("a.csv", HEADER + body)
        report = site.ingest()
        assert report.files_loaded + report.files_rejected == 1  # bytes of no known encoding are refused
        accounted(site)


scalars = st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8)
keys = st.sampled_from(["id", "updated_at", "name", "x y", ""]) | st.text(max_size=3)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=8,
)


@moderate
@given(lines=st.lists(st.binary(max_size=60) | values.map(lambda value: json.dumps(value).encode()), max_size=8))
@example(lines=[b'{"":null}'])
@example(lines=[b"{}", b"\n"])
def test_any_json_lines_are_accounted_for(lines: list[bytes]) -> None:
    with fresh_site() as site:
        site.deliver("a.jsonl", b"\n".join(lines))
        site.ingest()
        accounted(site)


texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20).filter(
    lambda text: text.strip(" \t\r\n\u00a0").lower() not in ("", "null", "n/a", "(not set)")
)
rows = st.lists(
    st.tuples(
        texts,
        st.booleans(),
        st.decimals(min_value=-(10**12), max_value=10**12, places=2),
        st.datetimes(min_value=datetime(1000, 1, 1), max_value=datetime(9999, 12, 30)),
        st.dates(min_value=date(1000, 1, 1)),
    ),
    max_size=12,
)
# Not one of these has as many fields as the header, nor a quote that could take in a good row.
junk = st.lists(st.sampled_from(["", "x", ",,", "a,b,c,d,e,f,g", "   ", "\\", "1;2"]), max_size=5)


@moderate
@given(
    rows=rows,
    junk=junk,
    delimiter=st.sampled_from([",", ";", "\t"]),
    end=st.sampled_from(["\n", "\r\n"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    offset=st.integers(min_value=-14, max_value=14),
)
def test_good_rows_load_as_they_are(  # noqa: PLR0917 - given by name
    rows: list[tuple[str, bool, Decimal, datetime, date]],
    junk: list[str],
    delimiter: str,
    end: str,
    encoding: str,
    offset: int,
) -> None:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_NONNUMERIC)
    writer.writerow(["Id", "Name", "IsActive", "Amount", "UpdatedAt", "CloseDate"])
    for number, (name, flag, amount, moment, day) in enumerate(rows):
        local = moment + timedelta(hours=offset)
        writer.writerow([number, name, flag, str(amount), f"{local.isoformat()}{offset:+03d}:00", day.isoformat()])
        if number < len(junk):
            out.write(junk[number] + end)
    with fresh_site() as site:
        site.deliver("a.csv", out.getvalue().encode(encoding))
        report = site.ingest()
        assert report.rows_loaded == len(rows)
        assert report.cell_defects == 0
        accounted(site)
        found = site.query(
            "select id, name, is_active, amount, epoch_us(updated_at), close_date::varchar from lake order by id"
        )
        epoch = datetime(1970, 1, 1)
        assert found == [
            (number, name, flag, amount, (moment - epoch) // timedelta(microseconds=1), day.isoformat())
            for number, (name, flag, amount, moment, day) in enumerate(rows)
        ]


@few
@given(rows=rows, split=st.integers(min_value=0, max_value=12), twice=st.booleans())
def test_ingesting_in_parts_equals_ingesting_at_once(
    rows: list[tuple[str, bool, Decimal, datetime, date]], split: int, twice: bool
) -> None:
    def lines(part: list[tuple[int, tuple[str, bool, Decimal, datetime, date]]]) -> str:
        return "".join(
            json.dumps({"id": n, "name": row[0], "updated_at": row[3].isoformat()}) + "\n" for n, row in part
        )

    numbered = list(enumerate(rows))
    parts = {"a.jsonl": numbered[:split], "b.jsonl": numbered[split:]}
    contents = []
    for at_once in (True, False):
        with fresh_site() as site:
            for name, part in parts.items():
                site.deliver(name, lines(part))
                if not at_once:
                    site.ingest()
            site.ingest()
            if twice:
                site.ingest()
            contents.append(
                site.query("select id, name, updated_at, _source_file, _source_line, _row_hash from lake order by all")
            )
    assert contents[0] == contents[1]


pieces = st.sampled_from(
    ["1,a", "2,b", '"', "\n", "\r\n", ",2026-01-01\n", "3,c,t,1,2026-01-01\n", '4,"x\ny",f,2,2026-01-01\n', ","]
)


@few
@given(bodies=st.lists(st.lists(pieces, max_size=6).map("".join), min_size=2, max_size=4, unique=True))
@example(bodies=['1,"a', '",t,1,2026-01-01\n'])
@example(bodies=["1,a,t,1,2026-01-01\n\n2,b,t,1,2026-01-01\n", "3,c,t,1,2026-01-01\r\n", ""])
def test_files_read_together_equal_files_read_alone(bodies: list[str]) -> None:
    results = []
    for together in (True, False):
        with fresh_site() as site:
            for number, body in enumerate(bodies):
                site.deliver(f"{number}.csv", HEADER + body.encode(), at=datetime(2026, 11, 21))
                if not together:
                    site.ingest()
            site.ingest()
            accounted(site)
            rows = site.query("select * exclude (_batch_id, load_date) from lake order by all")
            results.append((rows, site.quarantined()))
    assert results[0] == results[1]


@pytest.mark.parametrize("count", [3000])
def test_row_numbers_hold_in_large_files(site: Site, count: int) -> None:
    site.deliver(
        "a.csv", "id,name,updated_at\n" + "".join(f'{n},"{"x" * (n % 50)}",2026-01-01\n' for n in range(count))
    )
    site.ingest()
    assert site.query("select count(*) from lake where _source_line <> id + 2") == [(0,)]
