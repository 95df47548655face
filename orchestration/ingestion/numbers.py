"""Numbers as people, spreadsheets and locales write them: what a text is worth, and which sign parts its decimals.

`12.500` is twelve and a half or twelve thousand five hundred. Which one, the file tells: `1.234,56` or `980,5` anywhere
in the column makes its commas decimal, `1,234.56` or `9.5` its points; a column that shows neither follows the other
numbers of the file. Where they show nothing either, three digits behind a point are decimals, as databases write them,
except in money (at most two decimals) and in files parted by semicolons, as spreadsheets of decimal commas write them:
such a file is refused until its folder declares `decimal: point` or `comma`. Three digits behind a comma are thousands
where commas part the fields; elsewhere they may be decimals, and the file is refused too. JSON and Parquet write
numbers by rule: nothing in them is refused for this.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from orchestration.contracts import Column, Contract
from orchestration.ingestion.files import DECLARATION
from orchestration.ingestion.headers import Convention, Conventions, Mapping
from orchestration.ingestion.ledger import literal

SPACES = r" \t\x{a0}\x{2009}\x{202f}'\x{2019}"
MINUS = r"-\x{2212}"
CURRENCY = r"([A-Za-z]{0,3}\p{Sc}|[A-Z]{3}|kr[.]?|z\x{142}|Fr[.])?"
# An even amount as people write it: `50.-`, `1.250,--`; its dash is no minus.
EVEN = rf"[.,][-\x{{2013}}\x{{2014}}]{{1,2}}[{SPACES}]*$"
EXPONENT = "([eE][+-]?[0-9]+)?"
# Groups of three digits, in India of two before the last three.
INDIAN = "[0-9]{1,2}(,[0-9]{2})*,[0-9]{3}"
NUMBER = {
    "point": rf"([0-9]{{1,3}}([,{SPACES}][0-9]{{3}})+|{INDIAN}|[0-9]+)([.][0-9]*)?|[.][0-9]+",
    "comma": rf"([0-9]{{1,3}}([.{SPACES}][0-9]{{3}})+|[0-9]+)(,[0-9]*)?|,[0-9]+",
}
SHOWS_COMMA = r",([0-9]{1,2}|[0-9]{4,})$|^([0-9]{4,}|0),[0-9]+$|[.][0-9]{3},|^[0-9]{1,3}([.][0-9]{3}){2,}$"
SHOWS_POINT = r"[.]([0-9]{1,2}|[0-9]{4,})$|^([0-9]{4,}|0)[.][0-9]+$|,[0-9]{3}[.]|^[0-9]{1,3}(,[0-9]{3}){2,}$"
THREE_BEHIND_POINT, THREE_BEHIND_COMMA = r"^[1-9][0-9]{0,2}[.][0-9]{3}$", r"^[1-9][0-9]{0,2},[0-9]{3}$"
MONEY_SCALE = 2


@dataclass(frozen=True)
class Evidence:
    """How many texts of a file's column show a decimal comma or point; one that has three digits behind either sign."""

    comma: int
    point: int
    behind_point: str | None
    behind_comma: str | None


def spelled(text: str, convention: Convention) -> str:
    """SQL of the plain spelling (-1234.56) of a number that a text spells, null where it spells none."""
    if convention == "mixed":
        unsure = literal(f"{THREE_BEHIND_POINT}|{THREE_BEHIND_COMMA}")
        return (
            f"case when regexp_matches({_shown(text)}, {literal(SHOWS_COMMA)}) then {spelled(text, 'comma')} "
            f"when not regexp_matches({_shown(text)}, {unsure}) then {spelled(text, 'point')} end"
        )
    # Signs, currency and blanks around the number, in brackets when it is negative.
    before = rf"[{SPACES}]*[(]?[{SPACES}]*[{MINUS}+]?[{SPACES}]*{CURRENCY}[{SPACES}]*[{MINUS}+]?[{SPACES}]*"
    behind = rf"[{SPACES}]*{CURRENCY}[{SPACES}]*[{MINUS}]?[{SPACES}]*[)]?[{SPACES}]*"
    number = f"({NUMBER[convention]}){EXPONENT}"
    text = f"regexp_replace({text}, {literal(EVEN)}, '')"
    digits = f"regexp_extract({text}, {literal(f'({number})')})"
    sign = "." if convention == "point" else ","
    plain = f"replace(regexp_replace({digits}, {literal(f'[^0-9{sign}eE+-]')}, '', 'g'), ',', '.')"
    is_negative = literal(rf"^[{SPACES}]*[(]|^[^0-9]*[{MINUS}]|[{MINUS}][{SPACES}]*$")
    return (
        f"case when regexp_full_match({text}, {literal(before + f'({number})' + behind)}) "
        f"then case when regexp_matches({text}, {is_negative}) then '-' else '' end || {plain} end"
    )


def whole_number(text: str) -> str:
    """SQL of a whole number as programs write it."""
    # A cast alone would round 1.5 to 2 and read 0x1F.
    whole = f"try_cast({text} as bigint)"
    return f"case when {whole}::double = try_cast({text} as double) then {whole} end"


def conventions(
    connection: duckdb.DuckDBPyConnection, contract: Contract, mapping: Mapping, *, delimiter: str | None
) -> dict[int, Conventions | str]:
    """Per file in `raw` how its columns part decimals where that is not by points, or why the file is refused.

    `delimiter` is None for what is not delimited text. A file that is not there has points alone.
    """
    numeric = [column for column in contract.columns if column.name in mapping.claims and _scale(column) is not None]
    cells = [f"c{mapping.claims[column.name]}" for column in numeric]
    if delimiter and contract.decimal:
        declared: Conventions = dict.fromkeys((column.name for column in numeric), contract.decimal)
        places = connection.execute("select distinct file_index from raw").fetchall()
        return {place: declared for (place,) in places if contract.decimal != "point"}
    # A glance at all cells; few files hold any sign that could mean two things.
    glances = " or ".join(f"contains({cell}, ',') or {cell} like '%.___'" for cell in cells)
    if not cells or not connection.execute(f"select bool_or({glances}) from raw").fetchall()[0][0]:
        return {}
    headers = [mapping.headers[mapping.claims[column.name]].strip() for column in numeric]
    return {
        place: _decide(numeric, headers, [Evidence(*counts[at : at + 4]) for at in range(0, len(counts), 4)], delimiter)
        for place, *counts in connection.execute(_evidence(cells)).fetchall()
    }


def _evidence(cells: Sequence[str]) -> str:
    shown = ", ".join(f"{_shown(cell)} as {cell}" for cell in cells)
    counts = ", ".join(
        f"count(*) filter (where regexp_matches({cell}, {literal(SHOWS_COMMA)})), "
        f"count(*) filter (where regexp_matches({cell}, {literal(SHOWS_POINT)})), "
        f"min({cell}) filter (where regexp_matches({cell}, {literal(THREE_BEHIND_POINT)})), "
        f"min({cell}) filter (where regexp_matches({cell}, {literal(THREE_BEHIND_COMMA)}))"
        for cell in cells
    )
    return f"select file_index, {counts} from (select file_index, {shown} from raw) as shown group by 1"


def _shown(text: str) -> str:
    """The digits and signs of a number, without its blanks and currency."""
    return f"regexp_extract(regexp_replace({text}, {literal(f'[{SPACES}]')}, '', 'g'), '[0-9][0-9.,]*')"


def _decide(
    columns: Sequence[Column], headers: Sequence[str], evidence: Sequence[Evidence], delimiter: str | None
) -> Conventions | str:
    comma, point = sum(found.comma for found in evidence), sum(found.point for found in evidence)
    decided: Conventions = {}
    for column, header, own in zip(columns, headers, evidence, strict=True):
        if own.comma and own.point:
            decided[column.name] = "mixed"
        elif own.comma or (comma and not own.point and not point):
            decided[column.name] = "comma"
        elif not own.point and (comma or not point) and delimiter and (example := _unsure(column, own, delimiter)):
            return (
                f"column {header!r} holds {example}, which is {example.replace(',', '.')} or "
                f"{re.sub('[.,]', '', example)}, and no number of the file tells which; write `decimal: point` or "
                f"`decimal: comma` into {DECLARATION} in its folder, and it is read the next time"
            )
    return decided


def _unsure(column: Column, own: Evidence, delimiter: str) -> str | None:
    """A text of the column that is worth either of two numbers; a whole number has no decimals.

    Where commas do not part the fields, they may part decimals.
    """
    if column.data_type == "bigint":
        return None
    is_local = delimiter == ";"
    is_money = (_scale(column) or 0) <= MONEY_SCALE
    return (own.behind_point if is_money or is_local else None) or (own.behind_comma if delimiter != "," else None)


def _scale(column: Column) -> int | None:
    """Decimals that a column keeps, None when it holds no number."""
    if column.data_type == "double":
        return 17
    if column.data_type == "bigint":
        return None if column.format else 0
    found = re.fullmatch(r"decimal\([0-9]+,\s*([0-9]+)\)", column.data_type)
    return int(found[1]) if found else None
