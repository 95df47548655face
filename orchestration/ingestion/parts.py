"""Files as DuckDB reads them: small ones joined, and afterwards each line given back to the file it came from."""

import codecs
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.ingestion.extracts import Extract
from orchestration.ingestion.ledger import literal

SMALL = 1_000_000


@dataclass(frozen=True)
class Part:
    """A file as DuckDB reads it: one extract, or many small ones, each from its line in `starts` (from 1) on."""

    local: Path
    lines: int
    has_quotes: bool
    places: list[int]
    starts: list[int]


def join_small(extracts: Sequence[Extract], scratch: Path, *, header_lines: int) -> list[Part]:
    """Join small files, never mixing line ends: to open one costs DuckDB milliseconds, whatever its size."""
    alone, joined = [], {}
    for place, extract in enumerate(extracts):
        small = len(extracts) > 1 and extract.byte_count < SMALL
        if small:
            joined.setdefault("\r\n" in extract.head, []).append(place)
        else:
            alone.append(Part(extract.local, max(0, extract.lines - header_lines), extract.has_quotes, [place], [1]))
    for number, (has_crlf, places) in enumerate(joined.items()):
        end = b"\r\n" if has_crlf else b"\n"
        path = scratch / f"joined{number}"
        starts, line = [], 1
        with path.open("wb") as target:
            target.write(end * header_lines)
            for place in places:
                content = extracts[place].local.read_bytes().removeprefix(codecs.BOM_UTF8)
                body = (content.partition(b"\n")[2] if header_lines else content).rstrip(b"\r\n")
                target.write(body + end if body else b"")
                starts.append(line)
                line += max(0, extracts[place].lines - header_lines)
        quotes = any(extracts[place].has_quotes for place in places)
        alone.append(Part(path, line - 1, quotes, places, starts))
    return alone


def paths(files: Sequence[Extract | Part]) -> str:
    """A SQL list of where files lie."""
    return f"[{', '.join(literal(file.local) for file in files)}]"


def spans(connection: duckdb.DuckDBPyConnection, table: str, count: str) -> dict[int, tuple[int, int, int]]:
    """Per part: its first row id, a count, and how many row ids it spans; zeros when it is empty."""
    rows = connection.execute(
        f"select part, min(rowid), {count}, max(rowid) - min(rowid) + 1 from {table} group by part"
    ).fetchall()
    return defaultdict(lambda: (0, 0, 0), {part: (first, counted, length) for part, first, counted, length in rows})


def place_lines(
    connection: duckdb.DuckDBPyConnection,
    parts: Sequence[Part],
    found: dict[int, tuple[int, int, int]],
    good: set[int],
    lines_of_parts: str,
    *,
    first_line: int,
) -> None:
    """Give each line of the good parts, as `lines_of_parts` r numbers them, its file and its line there, as `raw`."""
    if len(parts) == 1 and len(parts[0].places) == 1 and " over (" not in lines_of_parts:
        # No join for the one large file, which is where it would cost.
        lines = lines_of_parts.replace("p.first_row", str(found[0][0]))
        query = f"select * exclude (part, line), 0 as file_index, line + {first_line - 1} as line from ({lines}) as n"
        connection.execute(f"create or replace temp view raw as {query} where {'true' if good else 'false'}")
        return
    firsts = ", ".join(f"({index}, {found[index][0]})" for index in good) or "(-1, 0)"
    numbered = f"{lines_of_parts} join (values {firsts}) as p (part, first_row) on r.part = p.part"
    is_joined = any(len(part.places) > 1 for part in parts)
    files = ", ".join(
        f"({index}, {place}, {start})"
        for index, part in enumerate(parts)
        for place, start in zip(part.places, part.starts, strict=True)
        if index in good and (start <= part.lines or not is_joined)
    )
    connection.execute(
        "create or replace temp table part_files as "
        f"from (values {files or '(-1, -1, 1)'}) as t (part, file_index, start)"
    )
    match = (
        "asof join part_files f on n.part = f.part and n.line >= f.start"
        if is_joined
        else "join part_files f on n.part = f.part"
    )
    query = f"""
        select n.* exclude (part, line), f.file_index::integer as file_index, n.line - f.start + {first_line} as line
        from ({numbered}) as n {match}
    """
    if is_joined or " over (" in lines_of_parts:
        connection.execute(f"create or replace temp table records_placed as {query}")
        connection.execute("create or replace temp view raw as from records_placed")
    else:
        connection.execute(f"create or replace temp view raw as {query}")


def find_astray(connection: duckdb.DuckDBPyConnection, parts: Sequence[Part], good: set[int]) -> set[int]:
    """Joined parts in which a record runs from one file into the next: a quote that is not closed."""
    joined = {index for index in good if len(parts[index].places) > 1}
    if not joined:
        return set()
    firsts = dict(connection.execute("select file_index, min(line) from raw group by 1").fetchall())
    return {
        index
        for index in joined
        for place, start, end in zip(
            parts[index].places, parts[index].starts, [*parts[index].starts[1:], parts[index].lines + 1], strict=True
        )
        if end > start and firsts.get(place) != 2
    }
