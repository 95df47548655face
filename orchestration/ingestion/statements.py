"""The view `records` (a file's cells as text) as lake rows, quarantined rows and cell defects, in SQL."""

import hashlib
from functools import cache

from orchestration.contracts import Contract, policy, spellings_of_null
from orchestration.ingestion.cells import Cell, cells, given, given_name, name, sql_type
from orchestration.ingestion.connectors import is_connectors_own, read_at
from orchestration.ingestion.files import DECLARATION
from orchestration.ingestion.headers import Mapping
from orchestration.ingestion.ledger import literal
from orchestration.ingestion.parameters import parameters_in_order
from orchestration.ingestion.removal import removed_at, says_removed
from orchestration.ingestion.reports import FOOTER, FOOTER_REASON, FOOTER_REMEDY, WORD

# What every row carries beside the contract's columns: what its markers say, and where it came from.
ORIGIN = {
    "_is_marked_removed": "boolean",
    "_delivered_at": "timestamp",
    "_extracted_at": "timestamp",
    "_file_order": "varchar",
    "_source_file": "varchar",
    "_source_line": "bigint",
    "_row_hash": "varchar",
    "_batch_id": "varchar",
}
MARKED, GONE_AT, EXTRACTED = "marked removed", "gone at", "extracted at"
# Nothing that a row tells of happens more than a year after it is read; a default value or a clock wrote it.
LATEST = "(now() at time zone 'UTC' + interval 366 day)"
# Those that stand in the view `records` already.
PLACE = "_source_file, _source_line, _delivered_at, _file_order"


def lake_columns(contract: Contract) -> dict[str, str]:
    """Columns of the shape file, name to SQL type."""
    return {**{column.name: sql_type(column) for column in contract.columns}, **ORIGIN}


def select_rows(contract: Contract, mapping: Mapping, *, batch_id: str) -> str:
    """The lake rows of the view `records`, without those that lack a column they need."""
    read = cells(contract, mapping)
    names = ", ".join(name(cell.name) for cell in read)
    numbered_by = [name(column) for column in contract.numbered_by if column in mapping.claims]
    rows = f"""
        select {names}, {given_name(MARKED)} as _is_marked_removed, {PLACE}, {given_name(EXTRACTED)} as _extracted_at,
            {_row_hash(contract, mapping, read)} as _row_hash, {literal(batch_id)} as _batch_id
        from ({_select_values(contract, mapping, read)}) as typed
        where {_usable(contract, mapping)}
    """
    return _numbered(rows, numbered_by) if numbered_by else rows


def _numbered(rows: str, numbered_by: list[str]) -> str:
    """Rows of which the second and later of one hash and file bear their number in the hash; copies are one."""
    number = f"dense_rank() over (partition by _source_file, _row_hash order by {', '.join(numbered_by)})"
    return f"""
        with
        read as ({rows}),
        repeated as (select _source_file, _row_hash from read group by all having count(*) > 1),
        numbers as (
            select _source_file, _source_line, {number} as number
            from read semi join repeated using (_source_file, _row_hash)
        )
        select read.* replace (
            case when number > 1 then md5(read._row_hash || number::varchar) else read._row_hash end as _row_hash
        )
        from read left join numbers using (_source_file, _source_line)
    """


def _row_hash(contract: Contract, mapping: Mapping, read: list[Cell]) -> str:
    """What tells one row from another: the columns that its contract says identify it, else everything in it.

    What a connector says of its own work tells nothing. Where it says when it read a row, rows that differ in nothing
    but their measures are readings of one.
    """
    beside = {name for _, name, spelled in mapping.passthrough if is_connectors_own(spelled)}
    if read_at(mapping.headers):
        beside.update(contract.additive)
    delivered = [cell for cell in read if cell.is_delivered and cell.name not in beside]
    if contract.identity:
        lists = {column.name for column in contract.columns if column.format == "parameters"}
        texts = [
            parameters_in_order(name(column)) if column in lists else f"{name(column)}::varchar"
            for column in contract.identity
        ]
        return f"md5(concat_ws(chr(31), {', '.join(f'coalesce({text}, chr(30))' for text in texts)}))"
    # The filled columns enter as a sum of one number per name: a column that an export gains empty changes no hash.
    numbers = [f"case when {name(cell.name)} is null then 0 else {_number(cell.name)} end" for cell in delivered]
    # In groups: DuckDB takes expressions up to a depth of 1,000.
    filled = " + ".join(f"({' + '.join(numbers[start : start + 100])})" for start in range(0, len(numbers), 100))
    values = ", ".join(f"{name(cell.name)}::varchar" for cell in delivered)
    return f"md5(concat_ws(chr(31), {filled}, {values}))" if delivered else "md5('')"


def select_quarantined(contract: Contract, mapping: Mapping, *, batch_id: str) -> str:
    """Rows of the view `records` that lack a column they need, as quarantine rows, one per record."""
    by_name = {cell.name: cell for cell in cells(contract, mapping)}
    needed = [by_name[column] for column in _needed(contract, mapping)]
    yaml = f"_{contract.system}__sources.yml"
    whens: dict[str, list[str]] = {"column_name": [], "value": [], "reason": [], "remedy": []}
    for cell in needed:
        role = next(
            (role for role, of in (("key", contract.key), ("cursor", (contract.cursor,))) if cell.name in of), ""
        )
        lost = f"and a row is of no use without its {role}" if role else "and every row needs it"
        empty, unreadable = f"{given_name(cell.name)} is null", f"not ({_is_there(cell.name, contract)})"
        fill = (
            f"Fill {cell.name} in the source system, or leave such rows out of the export, and deliver the file again."
        )
        correct = (
            f"Correct {cell.name} in the export and deliver the file again; if the value is right as it is, "
            f"declare how it is written in {yaml}, table {contract.object}, or in {DECLARATION} beside the file."
        )
        if not cell.is_delivered:
            keys = ", ".join(header for header in mapping.headers[:12] if header)
            fill = (
                f"The file's keys are {keys}: an answer of the vendor's API that is not read, or another table; see "
                f"docs/delivering.md for the shapes that are."
            )
        whens["column_name"].append(f"when {unreadable} then {literal(cell.name)}")
        whens["value"].append(f"when {unreadable} then {given_name(cell.name)}")
        unfit = f"{unreadable} and {name(cell.name)} is not null"
        why_unfit, what_then = _unfit(cell.name, contract)
        whens["reason"] += [
            f"when {unreadable} and {empty} then {literal(f'{cell.name} is empty, {lost}')}",
            f"when {unfit} then {literal(why_unfit)}",
            f"when {unreadable} then {cell.unreadable}",
        ]
        whens["remedy"] += [
            f"when {unreadable} and {empty} then {literal(fill)}",
            f"when {unfit} then {literal(what_then)}",
            f"when {unreadable} then {literal(correct)}",
        ]
    is_footer = f"regexp_matches(raw_text, {literal(FOOTER)})"
    # Measures of nothing are those of all: Ads Manager puts its totals first. Where any word stands, something is lost.
    named = [column for column in contract.key if column not in contract.dated_by]
    if contract.additive and all(column in mapping.claims for column in named):
        is_nothing = f"coalesce({', '.join(given_name(column) for column in named)}) is null"
        is_footer = f"({is_footer} or ({is_nothing} and not regexp_matches(raw_text, {literal(WORD)})))"
    footer = {
        "column_name": "null",
        "value": "null",
        "reason": literal(FOOTER_REASON),
        "remedy": literal(FOOTER_REMEDY),
    }
    cases = ", ".join(
        f"case when {is_footer} then {footer[column]} {' '.join(branches)} end as {column}"
        for column, branches in whens.items()
    )
    return f"""
        select {_origin(contract, batch_id)}, {cases}, raw_text, {record_key(contract)} as record_key
        from ({_select_values(contract, mapping, needed, with_text=True)}) as typed
        where not ({_usable(contract, mapping)})
    """


def record_key(contract: Contract) -> str:
    """SQL of a record's key as one text: null where a part of it is, or where the table has none."""
    parts = [f"{name(column)}::varchar" for column in contract.key]
    return f"md5({' || chr(31) || '.join(parts)})" if parts else "null::varchar"


def _unfit(column: str, contract: Contract) -> tuple[str, str]:
    """(why, what to do) where a column is read and its row is of no use all the same."""
    if day := contract.same.get(column):
        return (
            f"{column} is not {day}, so the row is of more than one day and can't be told by day",
            "Ask the platform for one row a day (Meta: time_increment=1; LinkedIn: timeGranularity=DAILY).",
        )
    return (
        f"{column} is before {_earliest()[:4]} or more than a year ahead, so nothing happened then",
        f"See what default or clock wrote {column}, correct it in the source system and deliver it again.",
    )


@cache
def _earliest() -> str:
    return policy()["calendar_first_date"]


def select_defects(contract: Contract, mapping: Mapping, *, columns: list[str], batch_id: str) -> str:
    """Cells of `columns` in loaded rows that became null because they can't be read, as defect rows."""
    by_name = {cell.name: cell for cell in cells(contract, mapping)}
    read = [by_name[column] for column in dict.fromkeys((*columns, *_needed(contract, mapping)))]
    entries = ", ".join(
        f"{{'column_name': {literal(column)}, 'value': {given_name(column)}, "
        f"'reason': {by_name[column].unreadable}, "
        f"'is_unreadable': {given_name(column)} is not null and {name(column)} is null}}"
        for column in columns
    )
    anywhere = " or ".join(f"({given_name(column)} is not null and {name(column)} is null)" for column in columns)
    return f"""
        select {_origin(contract, batch_id)}, cell.column_name, cell.value, cell.reason
        from (
            select _source_file, _source_line, unnest([{entries}]) as cell
            from ({_select_values(contract, mapping, read)}) as typed
            where ({anywhere}) and {_usable(contract, mapping)}
        ) as unreadable
        where cell.is_unreadable
    """


def _number(column: str) -> int:
    """A number of a name, small enough that thousands of them add up to a bigint."""
    return int.from_bytes(hashlib.sha256(column.encode()).digest()[:6])


def _origin(contract: Contract, batch_id: str) -> str:
    return (
        f"{literal(batch_id)} as batch_id, {literal(contract.system)} as system, {literal(contract.object)} as object, "
        "_source_file as source_file, _source_line as source_line"
    )


def _needed(contract: Contract, mapping: Mapping) -> list[str]:
    """Columns that every row needs: the key, what the contract requires, and the cursor unless the file may lack it."""
    optional = {
        column.name for column in contract.columns if not column.is_required and column.name not in mapping.claims
    }
    mandatory = [column for column in contract.mandatory if column in contract.key or column not in optional]
    also = (*contract.required, *contract.same)
    return mandatory + [column for column in also if column in mapping.claims and column not in mandatory]


def _usable(contract: Contract, mapping: Mapping) -> str:
    return " and ".join(_is_there(column, contract) for column in _needed(contract, mapping)) or "true"


def _is_there(column: str, contract: Contract) -> str:
    """Whether a row has what it needs; one that says its record is gone needs no more than its key and cursor."""
    is_read = f"{name(column)} is not null"
    if column in contract.dated_by:
        is_read += f" and {name(column)} between {literal(_earliest())}::timestamp and {LATEST}"
    if column in contract.same:
        return f"({name(column)} is null or {name(column)} = {name(contract.same[column])})"
    return f"({is_read} or coalesce({given_name(MARKED)}, false))" if column in contract.required else is_read


def _select_values(contract: Contract, mapping: Mapping, read: list[Cell], *, with_text: bool = False) -> str:
    """Text and value of each cell, in two steps, so that the many mentions of a text in a value cost nothing.

    What a change log says of a record that is gone may lack the cursor: the marker's instant or the delivery's stands.
    """
    spellings = contract.null_spellings
    words = (*spellings, *spellings_of_null("value"))
    markers = [(given(f"c{place}", words), kind) for place, kind in mapping.markers]
    also = {other for cell in read for other in cell.also} - {cell.name for cell in read}
    beside = [cell for cell in cells(contract, mapping) if cell.name in also] if also else []
    texts = [f"{cell.given} as {given_name(cell.name)}" for cell in (*read, *beside)]
    texts.append(f"{says_removed(markers)} as {given_name(MARKED)}")
    texts.append(f"{read_at(mapping.headers) or 'null::timestamp'} as {given_name(EXTRACTED)}")
    values = []
    for cell in read:
        value = cell.value
        if cell.name == contract.cursor and markers:
            kind = next(sql_type(column) for column in contract.columns if column.name == cell.name)
            gone_at = f"coalesce({', '.join([*removed_at(markers), '_delivered_at'])})::{kind}"
            # Only the instants' own columns are looked at again, and only where a cursor is missing.
            texts.append(f"{gone_at} as {given_name(GONE_AT)}")
            is_gone = f"{given_name(cell.name)} is null and {given_name(MARKED)}"
            value = f"case when {is_gone} then {given_name(GONE_AT)} else {value} end"
        values.append(f"{given_name(cell.name)}, {value} as {name(cell.name)}")
    bared = [f"{cell.bare} as {given_name(cell.name)}" for cell in (*read, *beside) if cell.bare]
    also = f", {raw_text(mapping)} as raw_text" if with_text else ""
    keep = ", raw_text" if with_text else ""
    return f"""
        select {", ".join(values)}, {given_name(MARKED)}, {given_name(EXTRACTED)}, {PLACE}{keep}
        from (
            select *{f" replace ({', '.join(bared)})" if bared else ""}
            from (select {", ".join(texts)}, {PLACE}{also} from records) as texts
        ) as bared
    """


def raw_text(mapping: Mapping) -> str:
    """A record written again as one delimited line; its first 10,000 characters."""
    texts = ", ".join(
        f"case when contains(c{place}, ',') or contains(c{place}, '\"') or contains(c{place}, chr(10)) "
        f"then '\"' || replace(c{place}, '\"', '\"\"') || '\"' else coalesce(c{place}, '') end"
        for place in range(len(mapping.headers))
    )
    return f"left(array_to_string([{texts}], ','), 10000)"
