"""JSON extracts into the table `texts`, one JSON object per row, and from there into `raw`."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import duckdb

from orchestration.contracts import Contract
from orchestration.ingestion.envelopes import RAW_COLUMN, is_document, may_wrap, read_texts
from orchestration.ingestion.extracts import Extract
from orchestration.ingestion.headers import Rejected
from orchestration.ingestion.ledger import literal
from orchestration.ingestion.parts import join_small, paths, place_lines, spans
from orchestration.ingestion.readers import CHUNK, BadRow, Loaded, insert, name_raw

KeyPath = tuple[str, ...]

# When Airbyte read a record stands beside its raw column.
OUTER = ("_airbyte_extracted_at", "_airbyte_emitted_at")
NOT_JSON = ("it is not a JSON object", "Deliver one complete JSON object per line, or an array of them.")
DAMAGED = ("it holds bytes that are no text in the file's encoding", "Export as UTF-8 and deliver the file again.")


@dataclass
class Texts:
    """What stands in the table `texts` (file_index, line, text): per file the paths of its keys, and why it is refused.

    A path is a key, or a nest's name and a key in it. `more` are the files whose last page says that another follows,
    with the key that says so.
    """

    loaded: Loaded
    paths: list[list[KeyPath]]
    refused: dict[int, str] = field(default_factory=dict)
    more: dict[int, str] = field(default_factory=dict)


def load_texts(
    connection: duckdb.DuckDBPyConnection, extracts: Sequence[Extract], *, contract: Contract, scratch: Path
) -> Texts:
    """Read JSON files into `texts`, one JSON object per row, whatever wraps them."""
    connection.execute("create or replace temp table texts (file_index integer, line bigint, text varchar)")
    lines = [place for place, extract in enumerate(extracts) if _is_plain_lines(extract, contract)]
    slow = sorted({*range(len(extracts))} - {*lines}) + _load_lines(connection, extracts, lines, scratch)
    more: dict[int, str] = {}
    refused = _insert_texts(connection, extracts, slow, contract=contract, more=more)
    bad = _set_aside(connection, extracts)
    keys = _top_keys(connection, len(extracts))
    pages = [
        place
        for place, extract in enumerate(extracts)
        if may_wrap(keys[place], contract=contract) and not is_document(extract.head, contract=contract)
    ]
    if pages:
        connection.execute(f"delete from texts where file_index in ({_listed(pages)})")
        refused |= _insert_texts(connection, extracts, pages, contract=contract, more=more, has_pages=True)
        bad = [row for row in bad if row.file_index not in pages]
    wrapped = [place for place in range(len(extracts)) if RAW_COLUMN in keys[place]]
    if wrapped:
        raw = literal(f'$."{RAW_COLUMN}"')
        told = [f"json_extract(text, '$.\"{key}\"')::varchar" for key in OUTER]
        inner = _with_outer(f"json_extract_string(text, {raw})", told)
        connection.execute(
            f"update texts set text = coalesce({inner}, text) "
            f"where file_index in ({_listed(wrapped)}) and json_exists(text, {raw})"
        )
    if pages or wrapped:
        bad += _set_aside(connection, extracts)
    counts = dict(connection.execute("select file_index, count(*) from texts group by 1").fetchall())
    rows_read = [counts.get(place, 0) for place in range(len(extracts))]
    for row in bad:
        rows_read[row.file_index] += 1
    return Texts(Loaded(rows_read, bad), _paths(connection, len(extracts), contract), refused, more)


def unwrap_columns(
    connection: duckdb.DuckDBPyConnection,
    extracts: Sequence[Extract],
    *,
    loaded: Loaded,
    headers: Sequence[str],
    contract: Contract,
) -> Texts:
    """Make `texts` of `raw`, whose rows of CSV or Parquet hold JSON in a raw column or in nests of the contract."""
    if RAW_COLUMN in headers:
        told = [f"to_json(c{headers.index(key)})::varchar" if key in headers else "null" for key in OUTER]
        text = f"coalesce({_with_outer(f'c{headers.index(RAW_COLUMN)}', told)}, '')"
    else:
        text = f"json_object({', '.join(_member(contract, *column) for column in enumerate(headers))})::varchar"
    connection.execute(f"create or replace temp table texts as select file_index, line, {text} as text from raw")
    bad = [*loaded.bad, *_set_aside(connection, extracts)]
    return Texts(Loaded(loaded.rows_read, bad), _paths(connection, len(extracts), contract))


def _with_outer(raw: str, told: Sequence[str]) -> str:
    """SQL of a raw record that bears when its connector read it, as JSON texts around it told; its own text stays.

    An object without keys has no room for it, and is no record.
    """
    members = (f"{literal(f'{json.dumps(key)}: ')} || {value}" for key, value in zip(OUTER, told, strict=True))
    outer = f"concat_ws(', ', {', '.join(members)})"
    has_keys = rf"regexp_matches({raw}, '^\s*\{{\s*\"')"
    spliced = f"'{{' || {outer} || ', ' || substr({raw}, strpos({raw}, '{{') + 1)"
    return f"case when {has_keys} and {outer} <> '' then {spliced} else {raw} end"


def _member(contract: Contract, place: int, header: str) -> str:
    cell = f"c{place}"
    if header in contract.nests:
        cell = f"case when json_valid({cell}) then {cell}::json else to_json({cell}) end"
    return f"{literal(header)}, {cell}"


def _paths(connection: duckdb.DuckDBPyConnection, count: int, contract: Contract) -> list[list[KeyPath]]:
    found: list[list[KeyPath]] = [[(key,) for key in keys] for keys in _top_keys(connection, count)]
    for nest in contract.nests:
        found = _open_nest(connection, found, tuple(nest.split(".")))
    return found


def _set_aside(connection: duckdb.DuckDBPyConnection, extracts: Sequence[Extract]) -> list[BadRow]:
    """Take what is no JSON object out of `texts`."""
    damaged = [place for place, extract in enumerate(extracts) if extract.is_damaged]
    broken = "not case when json_valid(text) then json_type(text) = 'OBJECT' else false end"
    if damaged:
        broken += f" or file_index in ({_listed(damaged)}) and contains(text, chr(65533))"
    rows = connection.execute(
        f"select file_index, line, left(replace(text, chr(0), '\u2400'), 10000) from texts where {broken} order by 1, 2"
    ).fetchall()
    connection.execute(f"delete from texts where {broken}")
    return [
        BadRow(place, line, *(DAMAGED if extracts[place].is_damaged else NOT_JSON), text) for place, line, text in rows
    ]


def _top_keys(connection: duckdb.DuckDBPyConnection, count: int) -> list[list[str]]:
    keys: list[list[str]] = [[] for _ in range(count)]
    for place, key in connection.execute(
        "select distinct file_index, unnest(json_keys(text)) as key from texts order by 1, 2"
    ).fetchall():
        if key:  # DuckDB can't address a field without a name, and nobody could say what it means
            keys[place].append(key)
    return keys


def _open_nest(connection: duckdb.DuckDBPyConnection, found: list[list[KeyPath]], nest: KeyPath) -> list[list[KeyPath]]:
    """Paths with the keys of an object inside the rows in its place; where it is no object, it stays a text."""
    holders = [place for place, known in enumerate(found) if nest in known]
    if not holders:
        return found
    where = literal("$" + "".join(f'."{part}"' for part in nest))
    rows = connection.execute(f"""
        select distinct file_index, unnest(case json_type(text, {where}) when 'OBJECT' then json_keys(text, {where})
            when 'NULL' then [] else [null] end) as key
        from texts where file_index in ({_listed(holders)}) and json_exists(text, {where}) order by 1, 2
    """).fetchall()
    inner: dict[int, list[str | None]] = {place: [] for place in holders}
    for place, key in rows:
        inner[place].append(key)
    opened = list(found)
    for place, keys in inner.items():
        if None not in keys:
            rest = [path for path in found[place] if path != nest]
            opened[place] = [*rest, *((*nest, key) for key in keys if key)]
    return opened


def _listed(places: Sequence[int]) -> str:
    return ", ".join(map(str, places))


def extract_texts(connection: duckdb.DuckDBPyConnection, *, places: Sequence[int], keys: Sequence[KeyPath]) -> None:
    """Fill `raw` from the `texts` of some files, one column per path."""
    structure: dict[str, Any] = {}
    for path in keys:
        inner = structure
        for nest in path[:-1]:
            inner = inner.setdefault(nest, {})
        inner[path[-1]] = "VARCHAR"
    columns = "".join(f", {_value_at(path)} as c{place}" for place, path in enumerate(keys))
    row_read = f"from_json(text, {literal(json.dumps(structure))})" if keys else "null"
    connection.execute(f"""
        create or replace temp table objects_read as
        select file_index, line{columns}
        from (
            select file_index, line, {row_read} as row_read
            from texts
            where file_index in ({_listed(places)})
        )
    """)
    name_raw(connection, "objects_read")


def _value_at(path: KeyPath) -> str:
    """SQL of the text at a path; HubSpot's first API puts each property's value into an object of its own."""
    value = "row_read"
    for part in path:
        value = f"struct_extract({value}, {literal(part)})"
    if len(path) == 1:
        return value
    is_object = f"starts_with({value}, '{{') and json_valid({value})"
    return f"case when {is_object} then coalesce({value} ->> '$.value', {value}) else {value} end"


def _is_plain_lines(extract: Extract, contract: Contract) -> bool:
    return not (is_document(extract.head, contract=contract) or extract.is_damaged or extract.has_nul)


def _load_lines(
    connection: duckdb.DuckDBPyConnection, extracts: Sequence[Extract], places: list[int], scratch: Path
) -> list[int]:
    """Read files of one row per line into `texts`; returns the places of files that must be read otherwise."""
    filled = [place for place in places if extracts[place].lines]
    if not filled:
        return []
    parts = join_small([extracts[place] for place in filled], scratch, header_lines=0)
    try:
        # No JSON holds a raw unit separator, so each line is one column.
        connection.execute(f"""
            create or replace temp table lines_read as
            select text, file_index as part from read_csv({paths(parts)}, auto_detect = false, header = false,
                delim = chr(31), quote = '', escape = '', columns = {{'text': 'varchar'}}, max_line_size = 16000000)
        """)
    except duckdb.InvalidInputException:
        if len(filled) == 1:
            return filled
        half = len(filled) // 2
        return [
            *_load_lines(connection, extracts, filled[:half], scratch),
            *_load_lines(connection, extracts, filled[half:], scratch),
        ]
    # The number of the last line that holds anything is the one fact counted in the file itself.
    found = spans(connection, "lines_read", "coalesce(max(rowid) filter (text is not null) - min(rowid) + 1, 0)")
    good = {index for index, part in enumerate(parts) if found[index][1] == part.lines}
    place_lines(
        connection,
        parts,
        found,
        good,
        "select r.text, r.part, r.rowid - p.first_row + 1 as line from lines_read r",
        first_line=1,
    )
    numbers = ", ".join(f"({new}, {place})" for new, place in enumerate(filled))
    connection.execute(f"""
        insert into texts
        select n.place, r.line, r.text from raw r join (values {numbers}) as n (new, place) on r.file_index = n.new
        where trim(r.text, ' \t\r\n') <> ''
    """)
    return [filled[new] for index, part in enumerate(parts) if index not in good for new in part.places]


def _insert_texts(
    connection: duckdb.DuckDBPyConnection,
    extracts: Sequence[Extract],
    places: Sequence[int],
    *,
    contract: Contract,
    more: dict[int, str],
    has_pages: bool = False,
) -> dict[int, str]:
    """Read files row by row into `texts`, into `more` which say that others follow; returns why some are refused."""
    refused = {}
    for place in sorted(places):
        turns: list[str | None] = []
        try:
            rows = read_texts(extracts[place].local, contract=contract, has_pages=has_pages, turn=turns.append)
            while chunk := list(islice(rows, CHUNK)):
                insert(connection, [[place, line, text] for line, text in chunk], table="texts")
        except Rejected as error:
            refused[place] = str(error)
            connection.execute(f"delete from texts where file_index = {place}")
        if turns and turns[-1]:
            more[place] = turns[-1]
    return refused
