"""Kinds of values that a column may hold, beyond its type: time zones, patterns, codes, addresses, files."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from zoneinfo import available_timezones

import pandas

from orchestration.settings import PROJECT

VARIABLE = "variable"
# The one setting that a row may name: where everything goes for which there is no row.
SETTING = "TOUCHSTONE_ALERT_URLS"
Values = "pandas.Series[str]"


@dataclass(frozen=True)
class Kind:
    """`holds` says of each value, none is null, whether it is one; `wrong` and `remedy` speak of one that is none"""

    holds: Callable[[pandas.Series], pandas.Series]
    wrong: str
    remedy: str


def _like(pattern: str) -> Callable[[pandas.Series], pandas.Series]:
    return lambda values: values.str.fullmatch(pattern)


def _compiles(values: pandas.Series) -> pandas.Series:
    """By the warehouse's own engine (RE2), which knows less than Python: no look-ahead, no back-reference."""
    import duckdb

    given = pandas.DataFrame({"place": range(len(values)), "pattern": values.to_numpy(dtype=object)})
    with duckdb.connect() as connection:
        connection.register("given", given)
        judged = "select try(regexp_matches('', pattern)) is not null from given order by place"
        compiles = [right for (right,) in connection.execute(judged).fetchall()]
    return pandas.Series(compiles, index=values.index, dtype=bool)


def _is_file(values: pandas.Series) -> pandas.Series:
    is_url = values.str.match("https?://")
    return is_url | values.isin([name for name in values.unique() if (PROJECT / name).is_file()])


def _is_zone(values: pandas.Series) -> pandas.Series:
    return values.isin(time_zones())


@cache
def time_zones() -> frozenset[str]:
    """IANA's names of time zones."""
    return frozenset(available_timezones())


@cache
def currencies() -> frozenset[str]:
    """ISO 4217 codes, also of currencies of the past, from Unicode's CLDR."""
    from babel.core import get_global

    return frozenset(get_global("all_currencies"))


@cache
def country_codes() -> frozenset[str]:
    """ISO 3166 codes of two letters, and Kosovo's, from Unicode's CLDR."""
    from babel import Locale

    # What CLDR adds: regions, parts of countries with a code of their own, and places for tests.
    added = {"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"}
    return frozenset(code for code in Locale("en").territories if re.fullmatch("[A-Z]{2}", code)) - added


KINDS = {
    "bucket": Kind(
        _like(r"0|[1-9]\d?"), "is no bucket of people", "write a whole number from 0 to 99, without a nought before it"
    ),
    "currency": Kind(
        lambda values: values.isin(currencies()),
        "is no ISO 4217 currency",
        "write its code of three capitals, as EUR or USD",
    ),
    "email": Kind(
        _like(r"[^@\s]+@[^@\s]+\.[^@\s]+"), "is no e-mail address", "write one that somebody reads, as ops@example.com"
    ),
    "file": Kind(
        _is_file, "is no file of the project and no URL", "write its path below the project, as docs/runbooks/checks.md"
    ),
    "host": Kind(
        _like(r"[a-z0-9_-]+(\.[a-z0-9_-]+)+"),
        "is no host or domain",
        "write it in lower case without https:// and path, as example.com",
    ),
    "lower_case": Kind(
        lambda values: values == values.str.lower(),
        "has capitals, and is compared with lower case, so it would match nothing",
        "write it in lower case",
    ),
    "record": Kind(
        _like(r"[a-z0-9_]+:[a-z0-9_]+:.+"),
        "is no record",
        "write system:type:id as fct_identity_links shows it, as salesforce:lead:00Q5g00000AbCdEEAV",
    ),
    "regex": Kind(
        _compiles,
        "is no regular expression that the warehouse can read",
        "look for a bracket that is never closed; RE2 knows no look-ahead and no back-reference",
    ),
    "time_of_day": Kind(
        _like(r"([01]?\d|2[0-3]):[0-5]\d"), "is no time of day", "write hh:mm of 24 hours, as 09:00 or 17:30"
    ),
    "time_zone": Kind(
        _is_zone, "is no time zone", "write its IANA name, as Europe/Berlin; abbreviations as CET know no summer"
    ),
    # The seed that names variables tells which; what a variable holds is a secret, and no cell may.
    VARIABLE: Kind(
        _like(rf"{SETTING}|(?!TOUCHSTONE_)[A-Z][A-Z0-9_]*"),
        "is no name of a variable",
        f"write capitals, digits and underscores, as ALERTS_MARKETING, no name of Touchstone's own but {SETTING}; "
        "the URL itself is a secret and stands in .env alone",
    ),
}
