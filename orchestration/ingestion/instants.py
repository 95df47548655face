"""Instants and days as programs, screens and spreadsheets write them, as DuckDB SQL of a text; null where it is none.

The session's time zone is the contract's, so a text without an offset is read in it.
"""

from orchestration.contracts import Contract
from orchestration.ingestion.ledger import literal

# An instant that says so: in UTC, or a count since 1970.
IN_UTC = r"[T ][0-9:.]+[ ]*(Z|UTC|GMT|[+-]00(:?00)?)$|^[0-9]{9,}([.]0+)?$"
EPOCHS = {"epoch_seconds": 1_000_000, "epoch_millis": 1_000, "epoch_micros": 1}
# The years 1 to 9999 in microseconds since 1970.
EARLIEST_MICROSECONDS, MICROSECOND_LIMIT = 62_135_596_800_000_000, 253_402_300_799_999_999
# The year 2100; a count of digits that is later is no instant.
LATEST_SECOND = 4_102_444_800


def day(contract: Contract, text: str, trimmed: str) -> tuple[str, str]:
    """(SQL of the calendar day that a text tells, what one that tells none is not)."""
    plain = f"case when strlen({text}) = 10 and {_has_year(text)} then try_cast({text} as date) end"
    tries = [plain] * ("iso" in contract.timestamp_formats) + [
        *(_date(pattern, trimmed) for pattern in contract.timestamp_formats),
        _parted_date(text),
        f"{_plausible_epoch(trimmed)}::date",
    ]
    return f"coalesce({', '.join(tries)})", _like(contract, "a date")


def instant(contract: Contract, text: str, trimmed: str, *, may_be_day: bool) -> tuple[str, str]:
    """(SQL of the instant (UTC) that a text tells, what one that tells none is not).

    `may_be_day`: one that tells no instant in UTC is the midnight of its day.
    """
    plain = f"case when {_is_dated(text)} then make_timestamp(epoch_us(try_cast({text} as timestamptz))) end"
    tries = [plain] * ("iso" in contract.timestamp_formats) + [
        *(_instant(pattern, trimmed) for pattern in contract.timestamp_formats),
        _plausible_epoch(trimmed),
    ]
    value = f"coalesce({', '.join(tries)})"
    if may_be_day:
        day = f"coalesce({', '.join(_date(pattern, trimmed) for pattern in contract.timestamp_formats)})"
        value = f"case when regexp_matches({trimmed}, {literal(IN_UTC)}) then {value} else {day}::timestamp end"
    return value, _like(contract, "a time")


def read_instant(text: str) -> str:
    """An instant (UTC) as connectors write it, null where it is none."""
    return f"coalesce(make_timestamp(epoch_us({_iso(text)})), {_plausible_epoch(text)})"


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
