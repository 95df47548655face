"""Daily extract files from queries.

DuckDB turns each row into its line of text, ordered by day; Arrow hands the lines over as one stretch of bytes, and a
day's file is a slice of it. So a file costs a slice and a write, and no row is ever touched by Python.
"""

import struct
import zlib
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from orchestration.demo import lines
from orchestration.demo.clock import DAY
from orchestration.demo.delivery import Extract, Fault, Plan, Schedule
from orchestration.demo.shapes import LINES_BEFORE, SHAPES, STEADY, Shape, shaped

ROWS_AT_ONCE = 500_000
# Columns that say where a row goes, and go nowhere themselves.
OWN_COLUMNS = {"_at", "_n", "_day", "_position"}
BROKEN = ("too few fields", "too many fields", "unreadable key", "unreadable cursor")


def write(con: duckdb.DuckDBPyConnection, extract: Extract, schedule: Schedule) -> list[Fault]:
    """Write the files delivered on the schedule's days.

    Returns the faults put into all files delivered up to the last day, as (kind, system, object, record,
    instant, detail).
    """
    schedule.advance(f"{extract.system}/{extract.object}")
    plan = Plan(extract, schedule)
    source = f"select *, (_at - {schedule.clock.epoch}) // {DAY} as _day from ({extract.sql})"
    # Windows and joins run once; what follows only reads slices.
    con.execute(f"""
        create or replace temp table _rows as select * from ({source}) where _day between 0 and {schedule.last_day};
        create or replace temp table _extract as
        select *, row_number() over (order by _day, {extract.order}) as _position from _rows;
        drop table _rows
    """)
    types = {
        row[0]: row[1] for row in con.execute(f"describe {extract.dressed}").fetchall() if row[0] not in OWN_COLUMNS
    }
    columns = list(types)
    if extract.left_out:
        _keep_news(con, extract, plan)
    if extract.format == "parquet":
        _write_parquet(con, extract, plan, columns)
        return plan.faults()
    faults: list[Fault] = []
    for days in _chunks(con, schedule.last_day):
        for lacks in (False, True) if plan.lacks.any() else (False,):
            kept = [column for column in columns if not (lacks and extract.left_out and column == extract.left_out[1])]
            header = ",".join(kept) + extract.newline if extract.format == "csv" else ""
            rows = lines.query(extract, kept, types, schedule.faults.malformed_row)
            # A corrected file repeats the day before.
            first = max(0, days.start - plan.has_corrections)
            table = con.sql(f"""
                select _day, line, wrong_line, is_broken from ({rows})
                where _day between {first} and {days.stop - 1} order by _position, is_broken
            """).to_arrow_table()
            wanted = [day for day in days if plan.lacks[day] == lacks]
            faults += _Stretch(table, first, plan).write(wanted, header)
    con.execute("drop table _extract")
    return faults + plan.faults()


def _keep_news(con: duckdb.DuckDBPyConnection, extract: Extract, plan: Plan) -> None:
    """No file lacks the column on a day on which it says something new: nobody could ever know it."""
    key, column = extract.left_out or ("", "")
    days = con.execute(f"""
        select distinct _day from (
            select _day, "{column}"::varchar as said,
                lag("{column}"::varchar, 1, 'false') over (partition by "{key}" order by _position) as before
            from _extract
        ) where said is distinct from before
    """).fetchnumpy()["_day"]
    plan.lacks[days] = False


def _chunks(con: duckdb.DuckDBPyConnection, last_day: int) -> Iterator[range]:
    """Runs of days of about ROWS_AT_ONCE rows."""
    counts = np.zeros(last_day + 1, dtype=np.int64)
    for day, count in con.execute("select _day, count(*) from _extract group by 1").fetchall():
        counts[day] = count
    begin, total = 0, 0
    for day in range(last_day + 1):
        total += counts[day]
        if total >= ROWS_AT_ONCE or day == last_day:
            yield range(begin, day + 1)
            begin, total = day + 1, 0


class _Stretch:
    """Lines of consecutive days, from `first` on."""

    def __init__(self, table: pa.Table, first: int, plan: Plan) -> None:
        self.first, self.plan = first, plan
        self.day = table["_day"].to_numpy()
        self.broken = table["is_broken"].to_numpy()
        self.text = _bytes(table["line"])
        self.wrong = _bytes(table["wrong_line"]) if plan.extract.restated else self.text

    def write(self, days: Iterable[int], header: str) -> list[Fault]:
        """Write the files of the days; returns the broken rows in them."""
        plan, found = self.plan, []
        for number in days:
            low, high = np.searchsorted(self.day, (number, number + 1))
            if low == high:
                continue
            plan.written.add(number)
            content = (self.wrong if plan.again[number] else self.text)(low, high)
            content, shape, footers = self._shaped(number, header, content)
            if shape != "plain":
                plan.odd[number] = shape, int((self.broken[low:high] == 0).sum())
            if plan.exists(number):
                found += self._broken_rows(number, low, high, LINES_BEFORE.get(shape, 0), footers)
            if plan.due(number):
                plan.save(plan.path(number), number, _encode(content, plan.extract))
            if plan.due(number, corrected=True):
                before = np.searchsorted(self.day, number - 1)
                good = before + np.flatnonzero(self.broken[before:high] == 0)
                content = b"".join(self.text(row, row + 1) for row in good)
                plan.save(plan.path(number, corrected=True), number, _encode(header.encode() + content, plan.extract))
        return found

    def _shaped(self, number: int, header: str, content: bytes) -> tuple[bytes, Shape, int]:
        """The file of a day, how it is written, and the lines of its footer."""
        plan, extract = self.plan, self.plan.extract
        if not plan.is_odd[number] or extract.system in STEADY:
            return header.encode() + content, "plain", 0
        date = str(plan.schedule.clock.start + timedelta(days=number))
        return shaped(SHAPES[extract.format][plan.variant[number]], header, content, extract, date)

    def _broken_rows(self, number: int, low: int, high: int, before: int, footers: int) -> list[Fault]:
        extract, found = self.plan.extract, []
        name = self.plan.path(number).relative_to(self.plan.schedule.landing).as_posix()
        at = int(self.plan.schedule.clock.midnight(number))
        for row in np.flatnonzero(self.broken[low:high]) + low:
            line = before + 2 + self.text(low, row).count(b"\n")
            kind = BROKEN[self.broken[row] - 1]
            found.append(("malformed_row", extract.system, extract.object, f"{name}:{line}", at, kind))
        for row in range(footers):
            line = before + 2 + self.text(low, high).count(b"\n") + row
            found.append(("malformed_row", extract.system, extract.object, f"{name}:{line}", at, "footer of a report"))
        return found


def _bytes(column: pa.ChunkedArray) -> Callable[[int, int], bytes]:
    """The bytes of lines low..high of a string column."""
    array = pa.chunked_array(column.chunks, type=column.type).cast(pa.large_string()).combine_chunks()
    if isinstance(array, pa.ChunkedArray):
        array = pa.concat_arrays(array.chunks) if array.num_chunks else pa.array([], type=pa.large_string())
    _, offsets, data = array.buffers()
    edges = np.frombuffer(offsets, dtype=np.int64)[array.offset : array.offset + len(array) + 1]
    view = memoryview(data) if data is not None else memoryview(b"")
    return lambda low, high: bytes(view[edges[low] : edges[high]])


def _encode(content: bytes, extract: Extract) -> bytes:
    if extract.encoding != "utf-8":
        mark = b"\xff\xfe" if extract.encoding == "utf-16-le" else b""
        content = mark + content.decode().encode(extract.encoding, errors="replace")
    elif extract.has_bom:
        content = b"\xef\xbb\xbf" + content
    return gzip(content) if extract.compressed else content


def gzip(content: bytes) -> bytes:
    """A gzip file without name, time or operating system, so that equal content is equal bytes."""
    deflate = zlib.compressobj(4, zlib.DEFLATED, -zlib.MAX_WBITS)
    body = deflate.compress(content) + deflate.flush()
    return b"\x1f\x8b\x08\0\0\0\0\0\0\xff" + body + struct.pack("<II", zlib.crc32(content), len(content) & 0xFFFFFFFF)


def _write_parquet(con: duckdb.DuckDBPyConnection, extract: Extract, plan: Plan, columns: list[str]) -> None:
    names = ", ".join(f'"{column}"' for column in columns)
    for days in _chunks(con, plan.schedule.last_day):
        table = con.sql(
            f"select _day, {names} from ({extract.dressed}) "
            f"where _day between {days.start} and {days.stop - 1} order by _position"
        ).to_arrow_table()
        edges = np.searchsorted(table["_day"].to_numpy(), np.arange(days.start, days.stop + 1))
        table = table.drop_columns(["_day"])
        for number in days:
            low, high = edges[number - days.start], edges[number - days.start + 1]
            if low < high:
                plan.written.add(number)
                if plan.due(number):
                    path = plan.path(number)
                    sink = pa.BufferOutputStream()
                    pq.write_table(table.slice(low, high - low), sink, compression="zstd", store_schema=False)
                    plan.save(path, number, sink.getvalue().to_pybytes())
    con.execute("drop table _extract")
