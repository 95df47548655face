"""A text cell to its contract type, null or unreadable, as DuckDB SQL for whole files at a time."""

from dataclasses import dataclass
from itertools import pairwise

from orchestration.contracts import Column, Contract
from orchestration.ingestion.headers import Convention, Mapping, currency_of
from orchestration.ingestion.ledger import literal
from orchestration.ingestion.numbers import spelled

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
# https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/field_types.htm (ID field)
CHECKSUM_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
# An id this long that does not begin with six zeros is not all zeros.
SHORTEST_LONG_ID = 15
# What a spreadsheet makes of a long number, 1.20364E+17, and Java, 1.20364E17.
ROUNDED = r"-?[0-9]+([.,][0-9]+)?[eE][+][0-9]+|-?[0-9][.,][0-9]+[eE][0-9]{2}"
EITHER = "a number for sure: the file parts some decimals by a point and some by a comma"
# Ids of advertising platforms: urn:li:sponsoredCampaign:123, also as a list of one, customers/123/campaigns/456,
# act_123 and 123-456-7890.
NAMED_NUMBER = r'^(?:\["(urn:[A-Za-z0-9:]*:)|urn:[A-Za-z0-9:]*:|act_|([A-Za-z]+/([0-9]+/)?)+)([0-9]+)(?:"\])?$'
DASHED_NUMBER = r"[0-9]{3}-[0-9]{3}-[0-9]{4}"
# Google's cookie writes its version and the depth of the domain before the client id: GA1.2.111.222.
COOKIE_PREFIX = r"^GA[0-9]+[.][0-9]+(-[0-9]+)?[.]"
# An instant that says so: in UTC, or a count since 1970.
IN_UTC = r"[T ][0-9:.]+[ ]*(Z|UTC|GMT|[+-]00(:?00)?)$|^[0-9]{9,}([.]0+)?$"
# A template that nobody filled in: {{client_id}}, %%id%%, [[id]], ${id}, <id>.
TEMPLATE = r"^(\{\{|%%|\[\[|\$\{|<).*(\}|%|\]|>)$"
# '123 and ="123": how a spreadsheet is told to take an id for a text.
GUARDS = "'="
# An id of a client or a record has a digit and no blank; one of few digits, or of Google's session cookie, is none.
NAMES_ONE = r"[^ \t{}\[\]<>%$()]*[0-9][^ \t{}\[\]<>%$()]*"
NO_CLIENT = r"-?[0-9]{1,4}|GS[0-9].*|GA[0-9][.][0-9]+[.]?"
# Behind the prefix of its object a Salesforce id of nothing has zeros or the letters of a mask.
NO_RECORD = r"^[0-9A-Za-z]{3}(0{12}|[Xx]{12}|$)"
# The signs of one currency each, the longer ones first; `$` alone is whichever the company reckons in.
SIGNS = {
    **{"CA$": "CAD", "AU$": "AUD", "NZ$": "NZD", "HK$": "HKD", "US$": "USD", "NT$": "TWD", "MX$": "MXN", "CN¥": "CNY"},
    **{"R$": "BRL", "A$": "AUD", "C$": "CAD", "S$": "SGD", "€": "EUR", "£": "GBP", "₹": "INR", "₩": "KRW", "₪": "ILS"},
    **{"₺": "TRY", "₽": "RUB", "₴": "UAH", "₫": "VND", "฿": "THB", "₱": "PHP", "₦": "NGN", "zł": "PLN", "Fr.": "CHF"},
}
# Crowns of four countries, yen and yuan, and what else has a sign.
VAGUE_SIGN = r"(?i)(^|[^a-z])kr[.]?([^a-z]|$)|[^\P{Sc}$]"
EPOCHS = {"epoch_seconds": 1_000_000, "epoch_millis": 1_000, "epoch_micros": 1}
# The years 1 to 9999 in microseconds since 1970.
EARLIEST_MICROSECONDS, MICROSECOND_LIMIT = 62_135_596_800_000_000, 253_402_300_799_999_999
# The year 2100; a count of digits that is later is no instant.
LATEST_SECOND = 4_102_444_800


@dataclass(frozen=True)
class Cell:
    """How one column is read: `given` is its text unless that spells null, `value` the typed cell made of `"given"`.

    `what` completes "it is not ...", `also` are the cells of whose text it is made too.
    """

    name: str
    given: str
    value: str
    what: str
    also: tuple[str, ...] = ()

    @property
    def is_delivered(self) -> bool:
        """Whether the file has the column."""
        return self.given != ABSENT


def cells(contract: Contract, mapping: Mapping) -> list[Cell]:
    """One cell per contract column, in order, then one per passthrough column by name."""
    read = []
    currencies = {column.told_by: column.name for column in contract.columns if column.told_by}
    for column in contract.columns:
        place = mapping.claims.get(column.name)
        words = (*contract.null_spellings, *column.null_spellings)
        text = ABSENT if place is None else given(f"c{place}", words, is_id=column.is_id)
        convention = mapping.decimals.get(column.name, "point")
        value, what = _value(contract, column, given_name(column.name), convention)
        if column.is_id:
            plain, _ = _value(contract, column, _unguarded(given_name(column.name)), convention)
            value = f"case when {_begins_with(GUARDS, given_name(column.name))} then {plain} else {value} end"
        also: tuple[str, ...] = ()
        if column.told_by:
            also = (column.told_by,)
            amount = given_name(column.told_by)
            value = f"coalesce({value}, {_currency_in(amount)}, {_currency_of(column.told_by, mapping)})"
        elif currency := currencies.get(column.name):
            also = (currency,)
            amount, told = given_name(column.name), f"upper(trim({given_name(currency)}))"
            other = f"{_currency_in(amount)} <> {told}"
            unsaid = f"{told} is null and {_currency_of(column.name, mapping)} is null and {_has_vague_sign(amount)}"
            value = f"case when {other} or ({unsaid}) then null else {value} end"
            what += (
                f", or bears another currency than {currency}, or a sign of several, whose code {currency} must tell"
            )
        read.append(Cell(column.name, text, value, what, also))
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


def read_instant(text: str) -> str:
    """An instant (UTC) as connectors write it, null where it is none."""
    return f"coalesce(make_timestamp(epoch_us({_iso(text)})), {_plausible_epoch(text)})"


def _value(  # noqa: PLR0911 - one per type
    contract: Contract, column: Column, text: str, convention: Convention
) -> tuple[str, str]:
    """(SQL value of a text column, what an unreadable one is not)."""
    kind = column.data_type
    # Of a time or a word, the plain spelling is tried first: trimming each cell costs four times the cast.
    trimmed = f"trim({text}, {BLANKS})"
    if column.format == "salesforce_id":
        return _salesforce_id(text), "a Salesforce id: its checksum does not match its letters, or it names nothing"
    if column.format == "client_id":
        client = f"regexp_replace({trimmed}, {literal(COOKIE_PREFIX)}, '')"
        is_one = f"regexp_full_match({client}, {literal(NAMES_ONE)})"
        is_none = f"regexp_full_match({client}, {literal(NO_CLIENT)})"
        value = f"case when {is_one} and not {is_none} and not ({_is_rounded(text, trimmed)}) then {client} end"
        return value, "a client id: a word, a template that nobody filled in, or rounded by a spreadsheet"
    if column.format == "id":
        return _id(kind, text, trimmed, column.urn)
    if column.format == "json":
        return f"case when json_valid({text}) then {text} end", "JSON"
    if column.format == "parameters":
        return _parameters(text), "JSON of keys and values"
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
        plain = f"case when strlen({text}) = 10 and {_has_year(text)} then try_cast({text} as date) end"
        tries = [plain] * ("iso" in contract.timestamp_formats) + [
            *(_date(pattern, trimmed) for pattern in contract.timestamp_formats),
            _parted_date(text),
            f"{_plausible_epoch(trimmed)}::date",
        ]
        return f"coalesce({', '.join(tries)})", _like(contract, "a date")
    if kind == "timestamp":
        plain = f"case when {_is_dated(text)} then make_timestamp(epoch_us(try_cast({text} as timestamptz))) end"
        tries = [plain] * ("iso" in contract.timestamp_formats) + [
            *(_instant(pattern, trimmed) for pattern in contract.timestamp_formats),
            _plausible_epoch(trimmed),
        ]
        value = f"coalesce({', '.join(tries)})"
        if column.format == "day":
            day = f"coalesce({', '.join(_date(pattern, trimmed) for pattern in contract.timestamp_formats)})"
            value = f"case when regexp_matches({trimmed}, {literal(IN_UTC)}) then {value} else {day}::timestamp end"
        return value, _like(contract, "a time")
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
    return f"coalesce({_whole_number(text)}, {value})" if convention == "point" else value


def _whole_number(text: str) -> str:
    # A cast alone would round 1.5 to 2 and read 0x1F.
    whole = f"try_cast({text} as bigint)"
    return f"case when {whole}::double = try_cast({text} as double) then {whole} end"


def _currency_in(text: str) -> str:
    """The code of the currency that an amount is written with, null where it bears none."""
    code = f"nullif(regexp_extract({text}, '[A-Z]{{3}}'), '')"
    signs = " ".join(f"when contains({text}, {literal(sign)}) then {literal(of)}" for sign, of in SIGNS.items())
    return f"case when try_cast({text} as double) is null then coalesce({code}, case {signs} end) end"


def _has_vague_sign(text: str) -> str:
    """Whether an amount bears a sign that several currencies share, other than the dollar's of the company's own."""
    vague = f"regexp_matches({text}, {literal(VAGUE_SIGN)})"
    return f"(try_cast({text} as double) is null and {_currency_in(text)} is null and {vague})"


def _currency_of(amount: str, mapping: Mapping) -> str:
    """The code of the currency that the header of an amount names, where the row has an amount."""
    code = currency_of(mapping.headers[mapping.claims[amount]]) if amount in mapping.claims else None
    return f"case when {given_name(amount)} is not null then {literal(code)} end" if code else "null"


def _id(kind: str, text: str, trimmed: str, urn: str | None) -> tuple[str, str]:
    """An id as its system writes it, whatever a platform or a spreadsheet made of it; what lost digits is none."""
    is_rounded = _is_rounded(text, trimmed)
    if kind != "bigint":
        # pandas turns a column of whole numbers with a gap into 123.0.
        is_float = f"ends_with({text}, '.0') and regexp_full_match({text}, '[0-9]+[.]0')"
        is_template = f"({_begins_with('{%[$<', text)}) and regexp_matches({text}, {literal(TEMPLATE)})"
        is_lost = f"{is_rounded} or ({is_template})"
        value = f"case when {is_lost} then null when {is_float} then left({text}, -2) else {trimmed} end"
        return value, "an id: a spreadsheet rounded its digits, or nobody filled in its template"
    is_named = f"contains({text}, ':') or contains({text}, '/') or starts_with({text}, 'act_')"
    named = f"try_cast(nullif(regexp_extract({trimmed}, {literal(NAMED_NUMBER)}, 4), '') as bigint)"
    what = "an id of digits; a spreadsheet that shows it as 1.2E+17 has lost some"
    if urn:
        named = f"case when regexp_matches({trimmed}, '(^|[^A-Za-z]){urn}:[0-9]+') then {named} end"
        what = f"the id of a {urn}, so the row is of something else; or a spreadsheet shows it as 1.2E+17"
    is_dashed = f"contains({text}, '-') and regexp_full_match({trimmed}, {literal(DASHED_NUMBER)})"
    return (
        f"case when {is_rounded} then null when {is_named} then {named} "
        f"when {is_dashed} then replace({trimmed}, '-', '')::bigint else {_whole_number(text)} end"
    ), what


def _begins_with(signs: str, text: str) -> str:
    # Comparisons of whole texts cost a quarter of looking at their first letter.
    ranges = (f"{text} >= {literal(sign)} and {text} < {literal(chr(ord(sign) + 1))}" for sign in signs)
    return " or ".join(ranges)


def _unguarded(text: str) -> str:
    return f"trim(ltrim({text}, '=''\"'), '\"')"


def _is_rounded(text: str, trimmed: str) -> str:
    may_be = " or ".join(f"contains({text}, '{sign}')" for sign in "+.,")
    return f"({may_be}) and regexp_full_match({trimmed}, {literal(ROUNDED)})"


def _parameters(text: str) -> str:
    """GA4's parameters as the export has them, where a connector wrote an object or plain values."""
    pair = "{{'key': {key}, 'value': {{'string_value': {value}}}}}"
    of_object = pair.format(key="key", value=f"{text}::json ->> key")
    plain = pair.format(key="entry.key", value="entry.value ->> '$'")
    shape = literal('[{"key":"VARCHAR","value":"JSON"}]')
    snake = f"""regexp_replace({text}, '"(string|int|float|double)Value"', '"\\1_value"', 'g')"""
    # The columns of a list, as some engines write it, and the REST API's fields without names hold no parameters.
    is_other = f"""regexp_matches({text}, '^(\\{{"(key|value|v)":|\\[\\{{"v":)')"""
    return (
        f"case when not json_valid({text}) or {is_other} then null when contains({text}, '_value\"') then {text} "
        f"when contains({text}, 'Value\"') then {snake} "
        f"when starts_with({text}, '{{') "
        f"then to_json(list_transform(json_keys({text}), lambda key: {of_object}))::varchar "
        f"when starts_with({text}, '[{{') "
        f"then to_json(list_transform(from_json({text}, {shape}), lambda entry: {plain}))::varchar else {text} end"
    )


def parameters_in_order(text: str) -> str:
    """A JSON list of keys with one typed value each (GA4's parameters), spelled alike whatever its order and nulls."""
    shape = '[{"key":"VARCHAR","value":"JSON"}]'
    kinds = ("string_value", "int_value", "float_value", "double_value")
    typed = ", ".join(f"entry.value ->> '$.{kind}'" for kind in kinds)
    value = f"case json_type(entry.value) when 'OBJECT' then coalesce({typed}, '') else entry.value::varchar end"
    spelled = f"concat(entry.key, chr(29), {value})"
    listed = f"list_sort(list_transform(from_json({text}, {literal(shape)}), lambda entry: {spelled}))::varchar"
    return f"case when starts_with({text}, '[{{') then {listed} else {text} end"


def _like(contract: Contract, kind: str) -> str:
    return f"{kind} written as {' or '.join(contract.timestamp_formats)}"


def _instant(pattern: str, text: str) -> str:
    """UTC instant. The session's time zone is the contract's, so a text without an offset is read in it."""
    if pattern in EPOCHS:
        return _epoch(text, EPOCHS[pattern])
    if pattern == "iso":
        return f"case when {_is_dated(text)} then make_timestamp(epoch_us({_iso(text)})) end"
    return f"make_timestamp(epoch_us({_parsed(pattern, text)}::timestamptz))"


def _parsed(pattern: str, text: str) -> str:
    """A time by its pattern. Spreadsheets save years of four digits with two, which would be the first century's."""
    if "%Y" not in pattern:
        return f"try_strptime({text}, {literal(pattern)})"
    short = literal(pattern.replace("%Y", "%y"))
    return f"coalesce(try_strptime({text}, {short}), try_strptime({text}, {literal(pattern)}))"


def _iso(text: str) -> str:
    # `... +0000`, `... Z` and `...UTC` are offsets too, which the cast does not know.
    respelled = f"regexp_replace(regexp_replace({text}, '[ ]*(Z|UTC|GMT)$', '+00'), '[ ]+([+-][0-9:]+)$', '\\1')"
    return f"coalesce(try_cast({text} as timestamptz), try_cast({respelled} as timestamptz))"


def _has_year(text: str) -> str:
    # Keeps out `infinity`, `epoch` and years that other engines can't hold.
    return f"{text}[5] = '-' and {text} between '0001' and ':'"


def _is_dated(text: str) -> str:
    # Letters behind a time name several zones: IST is India's, Israel's and Ireland's. A name with a region is one.
    letter = f"{text}[-1]"
    is_named = f"({letter} between 'A' and 'Y' or {letter} between 'a' and 'y')"
    return f"{_has_year(text)} and not ({is_named} and not regexp_matches({text}, '(UTC|GMT)$|/'))"


def _epoch(text: str, factor: int) -> str:
    # Whatever its contract says, a count of today's size in another unit is in that unit: 10 digits are seconds, 13
    # milliseconds, 16 microseconds.
    count = f"try_cast({text} as bigint)"
    earliest, latest = -EARLIEST_MICROSECONDS // factor, MICROSECOND_LIMIT // factor
    is_usable = f"regexp_full_match({text}, '-?[0-9]+') and {count} between {earliest} and {latest}"
    units = " ".join(
        f"when {count} between {1_000_000_000 * per_second} and {LATEST_SECOND * per_second} "
        f"then make_timestamp({count} * {1_000_000 // per_second})"
        for per_second in (1, 1_000, 1_000_000)
        if 1_000_000 // per_second != factor
    )
    return f"case when not ({is_usable}) then null {units} else make_timestamp({count} * {factor}) end"


def _plausible_epoch(text: str) -> str:
    """Seconds (10 digits) or milliseconds (13) since 1970, as APIs write instants; between 2001 and 2100."""
    count = f"try_cast({text} as bigint)"
    shape = r"[1-4][0-9]{9}([0-9]{3})?([.]0+)?"
    micros = f"{count} * case when {count} < {LATEST_SECOND} then 1000000 else 1000 end"
    is_plausible = f"regexp_full_match({text}, {literal(shape)}) and {micros} < {LATEST_SECOND}000000"
    return f"case when {is_plausible} then make_timestamp({micros}) end"


def _date(pattern: str, text: str) -> str:
    """The calendar day as written; a time or an offset behind it must be readable but never shifts it."""
    if pattern in EPOCHS:
        return f"{_epoch(text, EPOCHS[pattern])}::date"
    if pattern == "iso":
        day = f"regexp_extract({text}, '^[0-9]{{4}}-[0-9]{{1,2}}-[0-9]{{1,2}}')"
        return (
            f"case when regexp_full_match({text}, '[0-9]{{8}}') then try_strptime({text}, '%Y%m%d')::date "
            f"when not ({_has_year(text)}) then null "
            f"when length({text}) <= 10 then try_cast({text} as date) "
            f"when {_iso(text)} is not null then try_cast({day} as date) end"
        )
    return f"{_parsed(pattern, text)}::date"


def _parted_date(text: str) -> str:
    """The day of a JSON object of year, month and day, as Google and LinkedIn write dates."""
    parts = ", ".join(f"try_cast({text} ->> '$.{part}' as bigint)" for part in ("year", "month", "day"))
    is_object = f"starts_with({text}, '{{') and json_valid({text})"
    return f"case when {is_object} then try_cast(concat_ws('-', {parts}) as date) end"


def _salesforce_id(text: str) -> str:
    """15 characters with their checksum, 18 when the checksum holds, any other shape as it is."""
    # Few ids look like one of nothing; a pattern costs more than the rest.
    is_masked = f"substr({text}, 4, 1) in ('X', 'x')"
    may_be_none = f"strlen({text}) = 3 or substr({text}, 4, 12) = '{'0' * 12}' or {is_masked}"
    checked = f"left({text}, 15) || {' || '.join(_checksum_letter(text, third) for third in range(3))}"
    return (
        f"case when ({may_be_none}) and regexp_matches({text}, {literal(NO_RECORD)}) then null "
        f"when strlen({text}) = 18 and {checked} = {text} then {text} "
        f"when {_is_rounded(text, text)} or not regexp_full_match({text}, {literal(NAMES_ONE)}) then null "
        f"when strlen({text}) not in (15, 18) or not regexp_full_match({text}, '[0-9A-Za-z]+') then {text} "
        f"when strlen({text}) = 15 then {checked} end"
    )


def _checksum_letter(text: str, third: int) -> str:
    """One letter per five characters: bit n is set when character n is a capital."""
    bits = " + ".join(
        f"case when {text}[{third * 5 + bit + 1}] between 'A' and 'Z' then {2**bit} else 0 end" for bit in range(5)
    )
    return f"{literal(CHECKSUM_LETTERS)}[1 + {bits}]"
