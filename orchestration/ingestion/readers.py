"""Extracts into the table `raw` (file_index, line, c0, c1, ... as text) and the rows that no reader could take apart.

Each reader takes files of one header in one DuckDB statement and hands back those that it can't vouch for.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from orchestration.ingestion import careful
from orchestration.ingestion.cells import BLANKS, name
from orchestration.ingestion.extracts import Extract
from orchestration.ingestion.headers import count_trailing_blanks
from orchestration.ingestion.ledger import literal
from orchestration.ingestion.parts import Part, find_astray, join_small, paths, place_lines, spans
from orchestration.ingestion.reports import FOOTER, FOOTER_REASON, FOOTER_REMEDY

CHUNK = 20_000


@dataclass(frozen=True)
class BadRow:
    """A row that could not be taken apart."""

    file_index: int
    line: int
    reason: str
    remedy: str
    raw_text: str


@dataclass
class Loaded:
    """What a reader put into `raw`: rows per file as counted in the file itself, and the rows that are not there."""

    rows_read: list[int]
    bad: list[BadRow] = field(default_factory=list)


def load_delimited(
    connection: duckdb.DuckDBPyConnection, extracts: Sequence[Extract], *, delimiter: str, width: int, scratch: Path
) -> tuple[Loaded, list[int]]:
    """Read files of `width` columns at full speed. The second value is the places of files whose count does not add up.

    Raises duckdb.InvalidInputException when any of the files has a row that is not clean.
    """
    parts = join_small(extracts, scratch, header_lines=1)
    connection.execute(f"""
        create or replace temp table records_read as
        select *, file_index as part from {_strict_csv(parts, delimiter, width)}
    """)
    # The table keeps the order of the file, so a record's row id gives its line.
    found = spans(connection, "records_read", "count(*)")
    folded = [index for index, part in enumerate(parts) if part.has_quotes and found[index][1] != part.lines]
    feeds = _line_feeds(connection, folded, width)
    # Records and the line feeds inside them are all the lines of a file, or the reader left something out.
    good = {
        index
        for index, part in enumerate(parts)
        if found[index][1] + feeds.get(index, 0) == part.lines == found[index][2] + feeds.get(index, 0)
    }
    line = "r.rowid - p.first_row + 1"
    if folded:
        before = "partition by r.part order by r.rowid rows between unbounded preceding and 1 preceding"
        line = f"({line} + coalesce(sum({_feeds(width)}) over ({before}), 0))::bigint"
    names = ", ".join(f"r.c{place}" for place in range(width))
    place_lines(
        connection, parts, found, good, f"select {names}, r.part, {line} as line from records_read r", first_line=2
    )
    astray = find_astray(connection, parts, good)
    rows_read = [max(0, extract.lines - 1) for extract in extracts]
    if folded:
        for place, inner in connection.execute(
            f"select file_index, sum({_feeds(width)})::bigint from raw group by 1"
        ).fetchall():
            rows_read[place] -= inner
    doubtful = [
        place for index, part in enumerate(parts) if index not in good or index in astray for place in part.places
    ]
    return Loaded(rows_read=rows_read), sorted(doubtful)


def is_clean(connection: duckdb.DuckDBPyConnection, extract: Extract, *, delimiter: str, width: int) -> bool:
    """Whether every row of a file reads at full speed."""
    try:
        connection.execute(f"select count(*) from {_strict_csv([extract], delimiter, width)}").fetchall()
    except duckdb.InvalidInputException:
        return False
    return True


def load_delimited_carefully(
    connection: duckdb.DuckDBPyConnection,
    extracts: Sequence[Extract],
    *,
    delimiter: str,
    headers: Sequence[str],
    skipped: int,
) -> Loaded:
    """Read files record by record, leaving bad ones out; `skipped` lines stand before each header."""
    width = len(headers)
    typed = ", ".join(f"c{place} varchar" for place in range(width))
    connection.execute(f"create or replace temp table fields_read (file_index integer, line bigint, {typed})")
    name_raw(connection, "fields_read")
    loaded = Loaded(rows_read=[])
    for place, extract in enumerate(extracts):
        records = careful.read_records(
            extract.local,
            delimiter=delimiter,
            width=width,
            trailing_blanks=count_trailing_blanks(headers),
            is_damaged=extract.is_damaged,
            skipped=skipped,
        )
        next(records, None)  # the header
        count = 0
        rows: list[list[Any]] = []
        bad: list[careful.Record] = []
        below: list[careful.Record] = []  # bad ones since the last good one
        for record in records:
            count += 1
            if record.fields is None:
                below.append(record)
                continue
            bad += below
            below = []
            rows.append([place, record.line, *record.fields])
            if len(rows) == CHUNK:
                insert(connection, rows, table="fields_read")
                rows = []
        insert(connection, rows, table="fields_read")
        loaded.rows_read.append(count)
        loaded.bad += [_bad_row(place, record) for record in bad] + _footer(place, below)
    return loaded


def drop_blank_rows(connection: duckdb.DuckDBPyConnection, loaded: Loaded, *, width: int) -> None:
    """Pass over rows of `raw` without a value, as over blank lines: spreadsheets write every row once touched."""
    is_blank = " and ".join(f"coalesce(trim(c{place}, {BLANKS}), '') = ''" for place in range(width))
    blank = connection.execute(f"select file_index, count(*) from raw where {is_blank} group by 1").fetchall()
    if not blank:
        return
    connection.execute(f"create or replace temp table filled_rows as from raw where not ({is_blank})")
    name_raw(connection, "filled_rows")
    for place, count in blank:
        loaded.rows_read[place] -= count


def _bad_row(place: int, record: careful.Record) -> BadRow:
    reason, remedy = record.reason or "", record.remedy or ""
    if re.match(FOOTER, record.raw_text):
        reason, remedy = FOOTER_REASON, FOOTER_REMEDY
    return BadRow(place, record.line, reason, remedy, record.raw_text)


def _footer(place: int, records: list[careful.Record]) -> list[BadRow]:
    """The bad rows below the last good one: where one is a report's footer, so are the single texts around it."""
    is_footer = any(re.match(FOOTER, record.raw_text) for record in records)
    return [
        BadRow(place, record.line, FOOTER_REASON, FOOTER_REMEDY, record.raw_text)
        if is_footer and record.is_lone
        else _bad_row(place, record)
        for record in records
    ]


def _strict_csv(files: Sequence[Extract | Part], delimiter: str, width: int) -> str:
    columns = ", ".join(f"'c{place}': 'varchar'" for place in range(width))
    return f"""read_csv({paths(files)}, auto_detect = false, header = false, skip = 1, delim = {literal(delimiter)},
        quote = '"', escape = '"', columns = {{{columns}}}, strict_mode = true)"""


def parquet_columns(
    connection: duckdb.DuckDBPyConnection, extract: Extract, *, are_texts: bool = True
) -> list[tuple[str, str]]:
    """(name, type) of a Parquet file's columns; raises duckdb.Error when the file can't be read.

    `are_texts` takes bytes for text.
    """
    rows = connection.execute(f"describe select * from {_parquet([extract], are_texts=are_texts)}").fetchall()
    return [(row[0], row[1]) for row in rows]


def load_parquet(
    connection: duckdb.DuckDBPyConnection, extracts: Sequence[Extract], *, columns: Sequence[tuple[str, str]]
) -> Loaded:
    """Fill `raw` from Parquet files of one schema; structs and lists become JSON text, bytes that are none escaped."""
    texts = ", ".join(f"{_as_text(column, kind)} as c{place}" for place, (column, kind) in enumerate(columns))
    connection.execute(f"""
        create or replace temp table parquet_read as
        select {texts}, file_index::integer as file_index, file_row_number + 1 as line
        from {_parquet(extracts, are_texts=all(kind != "BLOB" for _, kind in columns))}
    """)
    name_raw(connection, "parquet_read")
    counts = {
        path: rows
        for path, rows in connection.execute(
            f"select file_name, num_rows from parquet_file_metadata({paths(extracts)})"
        ).fetchall()
    }
    return Loaded(rows_read=[counts[str(extract.local)] for extract in extracts])


def _parquet(extracts: Sequence[Extract], *, are_texts: bool = True) -> str:
    # Impala, Hive and older Sparks write text as bytes without saying that it is text.
    return f"read_parquet({paths(extracts)}, binary_as_string = {str(are_texts).lower()})"


def _as_text(column: str, kind: str) -> str:
    quoted = name(column)
    if kind.startswith(("STRUCT(list STRUCT(element ", 'STRUCT("list" STRUCT("element" ')) and kind.endswith(")[])"):
        # BigQuery's Parquet export wraps each repeated field in list and element.
        return f"to_json(list_transform({quoted}.list, lambda item: item.element))::varchar"
    if kind.startswith(("STRUCT", "MAP", "UNION")) or kind.endswith("]"):
        return f"to_json({quoted})::varchar"
    if kind == "BLOB":
        return f"coalesce(try(decode({quoted})), {quoted}::varchar)"
    return f"{quoted}::varchar"


def _line_feeds(connection: duckdb.DuckDBPyConnection, parts: Sequence[int], width: int) -> dict[int, int]:
    """Line feeds inside the fields of some parts."""
    if not parts:
        return {}
    listed = ", ".join(map(str, parts))
    query = f"select part, sum({_feeds(width)})::bigint from records_read where part in ({listed}) group by 1"
    return dict(connection.execute(query).fetchall())


def _feeds(width: int) -> str:
    joined = f"concat({', '.join(f'c{place}' for place in range(width))})"
    return f"(strlen({joined}) - strlen(replace({joined}, chr(10), '')))"


def name_raw(connection: duckdb.DuckDBPyConnection, table: str) -> None:
    """Have `raw` be a table."""
    connection.execute(f"create or replace temp view raw as from {table}")


def insert(connection: duckdb.DuckDBPyConnection, rows: list[list[Any]], *, table: str) -> None:
    """Append rows to a table."""
    if not rows:
        return
    import pyarrow  # only the slow path needs it

    chunk = pyarrow.table({f"column_{place}": list(values) for place, values in enumerate(zip(*rows, strict=True))})
    connection.register("chunk", chunk)
    connection.execute(f"insert into {table} select * from chunk")
    connection.unregister("chunk")
