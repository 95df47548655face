"""A text cell to its contract type, null or unreadable, as DuckDB SQL for whole files at a time."""

from dataclasses import dataclass
from itertools import pairwise

from orchestration.contracts import Column, Contract
from orchestration.ingestion.currencies import currency_in, has_vague_sign
from orchestration.ingestion.headers import Convention, Mapping, currency_of
from orchestration.ingestion.ids import bare_id, begins_with, client_id, record_id, salesforce_id, unguarded
from orchestration.ingestion.instants import day, instant
from orchestration.ingestion.ledger import literal
from orchestration.ingestion.numbers import spelled, whole_number
from orchestration.ingestion.parameters import parameters

TYPES = {
    "string": "varchar",
    "bigint": "bigint",
    "boolean": "boolean",
    "double": "double",
    "date": "date",
    "timestamp": "timestamp",
}
BLANKS = "' \t\r\n\u00a0'"
MOST_CODEPOINTS = 0x110000
ABSENT = "null::varchar"
TRUE = "('true', 't', 'yes', 'y', '1')"
FALSE = "('false', 'f', 'no', 'n', '0')"
# An id this long that does not begin with six zeros is not all zeros.
SHORTEST_LONG_ID = 15
# `1000.00` is an amount of dollars; pandas writes a whole number as 1000.0.
DECIMALS = "[.,][0-9]{2}[^0-9]*$"
EITHER = "a number for sure: the file parts some decimals by a point and some by a comma"
# '123 and ="123": how a spreadsheet is told to take an id for a text.
GUARDS = "'="


@dataclass(frozen=True)
class Cell:
    """How one column is read: `given` is its text unless that spells null, `value` the typed cell made of `"given"`.

    `what` completes "it is not ...", `also` are the cells of whose text it is made too. `number`, where it must fit one
    of few digits, is null where the text is no number at all. `bare` is SQL of the text without what stands around it.
    """

    name: str
    given: str
    value: str
    what: str
    also: tuple[str, ...] = ()
    number: str | None = None
    bare: str | None = None

    @property
    def unreadable(self) -> str:
        """SQL of why a text can't be read."""
        why = literal(f"{self.name} is not {self.what}")
        if self.number is None:
            return why
        return f"case when {self.number} is null then {literal(f'{self.name} is no number')} else {why} end"

    @property
    def is_delivered(self) -> bool:
        """Whether the file has the column."""
        return self.given != ABSENT


def cells(contract: Contract, mapping: Mapping) -> list[Cell]:
    """One cell per contract column, in order, then one per passthrough column by name."""
    read = []
    currencies = {column.told_by: column.name for column in contract.columns if column.told_by}
    stand_ins = {column.stands_in_for: column for column in contract.columns if column.stands_in_for}
    for column in contract.columns:
        place = mapping.claims.get(column.name)
        words = (*contract.null_spellings, *column.null_spellings)
        text = ABSENT if place is None else given(f"c{place}", words, is_id=column.is_id)
        convention = mapping.decimals.get(column.name, "point")
        value, what = _value(contract, column, given_name(column.name), convention)
        if column.is_id:
            plain, _ = _value(contract, column, unguarded(given_name(column.name)), convention)
            value = f"case when {begins_with(GUARDS, given_name(column.name))} then {plain} else {value} end"
        also: tuple[str, ...] = ()
        if column.told_by:
            also = (column.told_by,)
            amount = given_name(column.told_by)
            value = f"coalesce({value}, {currency_in(amount)}, {_currency_of(column.told_by, mapping)})"
        elif currency := currencies.get(column.name):
            also = (currency,)
            amount, told = given_name(column.name), f"upper(trim({given_name(currency)}))"
            other = f"{currency_in(amount)} <> {told}"
            unsaid = f"{told} is null and {_currency_of(column.name, mapping)} is null and {has_vague_sign(amount)}"
            value = f"case when {other} or ({unsaid}) then null else {value} end"
            what += (
                f", or bears another currency than {currency}, or a sign of several, whose code {currency} must tell"
            )
        if stand_in := stand_ins.get(column.name):
            also = (stand_in.name,)
            other, _ = _value(contract, stand_in, given_name(stand_in.name), convention)
            value = f"coalesce({literal(stand_in.name.removesuffix('_id') + ':')} || ({other}), {value})"
        bare = bare_id(given_name(column.name)) if column.format == "salesforce_id" and text != ABSENT else None
        is_limited = column.data_type.startswith("decimal") and convention != "mixed"
        number = f"try_cast({spelled(given_name(column.name), convention)} as double)" if is_limited else None
        read.append(Cell(column.name, text, value, what, also, number, bare))
    for place, passed, _ in sorted(mapping.passthrough, key=lambda entry: entry[1]):
        read.append(Cell(passed, given(f"c{place}", contract.null_spellings), given_name(passed), "text"))
    return read


def sql_type(column: Column) -> str:
    """DuckDB's name of a contract type."""
    return TYPES.get(column.data_type, column.data_type)


def given_name(column: str) -> str:
    """The quoted name under which a column's text stands beside its value."""
    return name(f"given {column}")


def name(column: str) -> str:
    """A quoted SQL name."""
    return '"' + column.replace('"', '""') + '"'


def given(text: str, spellings: tuple[str, ...], *, is_id: bool = False) -> str:
    """`text`, or null where it spells null in any case and with blanks around it; an id of zeros names nothing."""
    words = sorted({"", *(spelling.strip().lower() for spelling in spellings)})
    listed = ", ".join(literal(word) for word in words)
    trimmed = f"trim({text}, {BLANKS})"
    tests = [" or ".join(_safe_ranges(text, [*words, "0"] if is_id else words))]
    # Ids begin like a null id of zeros; a longer look rules them out.
    zeros = [f"not starts_with({text}, {literal(word[:6])})" for word in words if word[:1].isdigit()]
    if zeros:
        digits = f"{text} >= '0' and {text} < ':' and {' and '.join(zeros)}"
        tests.append(f"strlen({text}) >= {SHORTEST_LONG_ID} and {digits}" if is_id else digits)
    is_named = f" and ltrim({trimmed}, '0-') <> ''" if is_id else ""
    tests.append(f"lower({trimmed}) not in ({listed}){is_named}")
    return f"case {' '.join(f'when {test} then {text}' for test in tests)} end"


def _safe_ranges(text: str, words: list[str]) -> list[str]:
    """Ranges of text that begin neither with a blank nor like any of the words.

    They rule nearly every cell out at a hundredth of the cost of lower(trim()).
    """
    firsts = {*BLANKS[1:-1], *(case for word in words for case in (word[:1].lower(), word[:1].upper()))} - {""}
    ends = [*sorted(ord(first) for first in firsts), MOST_CODEPOINTS]
    ranges = []
    for before, after in pairwise(ends):
        if before >= ord(" ") and after > before + 1:
            upper = f" and {text} < {literal(chr(after))}" if after < MOST_CODEPOINTS else ""
            ranges.append(f"({text} >= {literal(chr(before + 1))}{upper})")
    return ranges


def _value(  # noqa: PLR0911 - one per type
    contract: Contract, column: Column, text: str, convention: Convention
) -> tuple[str, str]:
    """(SQL value of a text column, what an unreadable one is not)."""
    kind = column.data_type
    # Of a time or a word, the plain spelling is tried first: trimming each cell costs four times the cast.
    trimmed = f"trim({text}, {BLANKS})"
    if column.format == "salesforce_id":
        return salesforce_id(text), "a Salesforce id: its checksum does not match its letters, or it names nothing"
    if column.format == "client_id":
        return client_id(text, trimmed)
    if column.format == "id":
        return record_id(kind, text, trimmed, column.urn)
    if column.format == "json":
        return f"case when json_valid({text}) then {text} end", "JSON"
    if column.format == "parameters":
        return parameters(text), "JSON of keys and values"
    if column.format == "minor_units":
        has_decimals = f"regexp_matches({text}, {literal(DECIMALS)})"
        return f"case when not {has_decimals} then {_spelled_whole(text, 'point')} end", (
            "a whole number of the currency's smallest unit; with decimals it is written in dollars, as a screen's "
            "export does, and the API's or a connector's is wanted"
        )
    if kind == "string":
        return text, "text"
    if kind == "bigint":
        return _spelled_whole(text, convention), "a whole number"
    if kind == "boolean":
        word = f"lower({trimmed})"
        return (
            f"case {text} when 'true' then true when 'false' then false "
            f"else case when {word} in {TRUE} then true when {word} in {FALSE} then false end end"
        ), "true or false"
    if kind == "date":
        return day(contract, text, trimmed)
    if kind == "timestamp":
        return instant(contract, text, trimmed, may_be_day=column.format == "day")
    what = "a number" if kind == "double" else f"a number that fits {kind}"
    value = f"try_cast({spelled(text, convention)} as {kind})"
    if kind == "double":
        value = f"case when isfinite({value}) then {value} end"
    return _plain_first(text, value, kind, convention), EITHER if convention == "mixed" else what


def _plain_first(text: str, value: str, kind: str, convention: Convention) -> str:
    """A number as programs write it, which is fast, else as people do."""
    if convention != "point":
        return value
    plain = f"try_cast({text} as {kind})"
    if kind == "double":
        plain = f"case when isfinite({plain}) then {plain} end"
    return f"coalesce({plain}, {value})"


def _spelled_whole(text: str, convention: Convention) -> str:
    number = f"try_cast({spelled(text, convention)} as decimal(38,6))"
    value = f"case when trunc({number}) = {number} then try_cast({number} as bigint) end"
    return f"coalesce({whole_number(text)}, {value})" if convention == "point" else value


def _currency_of(amount: str, mapping: Mapping) -> str:
    """The code of the currency that the header of an amount names, where the row has an amount."""
    code = currency_of(mapping.headers[mapping.claims[amount]]) if amount in mapping.claims else None
    return f"case when {given_name(amount)} is not null then {literal(code)} end" if code else "null"
