"""Rows as lines of text, in SQL: what DuckDB makes of a query before its bytes are cut into files."""

from collections.abc import Mapping

from orchestration.demo.delivery import Extract

UNREADABLE_TIME = "31/02/2025 27:61"


def _csv_body(
    columns: list[str], types: Mapping[str, str], extract: Extract, replaced: Mapping[str, str] | None = None
) -> str:
    cells = []
    for column in columns:
        value = f"({replaced[column]})" if replaced and column in replaced else f'"{column}"'
        text = (
            f"csv_cell({value}::varchar)"
            if types[column].startswith(("VARCHAR", "ENUM", "JSON"))
            else f"{value}::varchar"
        )
        cells.append(f"coalesce({text}, '{extract.null}')")
    return "concat(" + ", ',', ".join(cells) + ")"


def _json_body(columns: list[str]) -> str:
    members = ", ".join(f"'{column}': \"{column}\"" for column in columns)
    return f"to_json({{{members}}})::varchar"


def query(extract: Extract, columns: list[str], types: Mapping[str, str], rate: float) -> str:
    """Query of all lines: those of the rows and, behind some, a broken copy (its row stays, so nothing is lost)."""
    body = _csv_body(columns, types, extract) if extract.format == "csv" else _json_body(columns)
    wrong = _csv_body(columns, types, extract, replaced=extract.restated) if extract.restated else "null"
    end = " || ".join(f"chr({ord(character)})" for character in extract.newline)
    plain = f"""
        select _day, _position, {body} || {end} as line, {wrong} || {end} as wrong_line, 0 as is_broken
        from ({extract.dressed})
    """
    if not extract.malformed:
        return plain
    key, *cursor = extract.malformed
    step = max(2, round(1 / rate))
    spoiled = "'not-a-number'"
    if types[key].startswith("VARCHAR"):
        # A checksum letter that no longer fits, or nothing at all.
        other = f"""case when right("{key}", 1) = 'A' then 'B' else 'A' end"""
        spoiled = f"""case when length("{key}") = 18 then left("{key}", 17) || {other} end"""
    text = {**types, **dict.fromkeys(extract.malformed, "VARCHAR")}
    ways = [
        f'"{columns[0]}"::varchar',
        f"{body} || ',surplus,surplus'",
        _csv_body(columns, text, extract, replaced={key: spoiled}),
        *(_csv_body(columns, text, extract, replaced={name: f"'{UNREADABLE_TIME}'"}) for name in cursor),
    ]
    way = f"(_position // {step}) % {len(ways)}"
    branches = " ".join(f"when {number} then {expression}" for number, expression in enumerate(ways))
    # A row with a line break of its own would break into two.
    return f"""
        {plain}
        union all
        select _day, _position, case {way} {branches} end || {end}, null, 1 + {way}
        from ({extract.dressed}) where _position % {step} = {step // 2} and not contains({body}, chr(10))
    """
