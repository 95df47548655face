"""Lists of things that are no seed, to which columns of seeds refer, and what makes two spellings name one thing."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

import pandas
import yaml

from orchestration import contracts
from orchestration.contracts import squash
from orchestration.policy.assets import MARTS
from orchestration.policy.kinds import country_codes
from orchestration.settings import DBT_PROJECT, EXPECTATIONS

Frames = Mapping[str, pandas.DataFrame]
Fold = Callable[[str], str]

_QUOTED = re.compile(r"'([^'\n]+)'")
_HOST = re.compile(r"(?:www[.])?([a-z0-9-]+(?:[.][a-z0-9-]+)+)")
_THRESHOLD = re.compile(r"\bthreshold[.](\w+)[.](?:warn|fail)\b")


@dataclass(frozen=True)
class Things:
    """Names that a value may be, as `fold` spells them; those of several columns are parted by dots.

    `wrong` and `remedy` speak of a value that is none of them.
    """

    names: Callable[[Frames], frozenset[str]]
    wrong: str
    remedy: str
    fold: Fold = str


@cache
def _words() -> frozenset[str]:
    """What the SQL of models, macros, tests and suites writes in quotes, and the thresholds that suites name."""
    folders = ("models", "macros", "data_tests")
    sql = [path for folder in folders for path in (DBT_PROJECT / folder).rglob("*.sql")]
    suites = [*EXPECTATIONS.rglob("*.sql"), *EXPECTATIONS.rglob("*.yml")]
    text = "\n".join(path.read_text(encoding="utf-8") for path in (*sql, *suites))
    return frozenset(_QUOTED.findall(text)) | frozenset(_THRESHOLD.findall(text))


@cache
def _systems() -> frozenset[str]:
    return frozenset(contracts.policy()["systems"])


@cache
def _contract_columns() -> frozenset[str]:
    return frozenset(
        f"{table.system}.{table.object}.{column.name}"
        for table in contracts.load().values()
        for column in table.columns
    )


@cache
def _fields() -> frozenset[str]:
    spelled = {
        spelling
        for table in contracts.load().values()
        for column in table.columns
        for spelling in (column.name, *column.aliases)
    }
    return frozenset(map(squash, spelled | _words()))


@cache
def _custom_fields(entity: str) -> frozenset[str]:
    own = [
        column.custom_field for table in contracts.load().values() for column in table.columns if column.custom_field
    ]
    return frozenset(name.removeprefix(f"{entity}.") for name in own if name.startswith(f"{entity}."))


def _thresholds(frames: Frames) -> frozenset[str]:
    return _words() | frozenset(frames["hygiene_rules"]["threshold"].dropna())


def _attributes(_: Frames) -> frozenset[str]:
    return _words() | _custom_fields("people")


def _column(seed: str, column: str) -> Callable[[Frames], frozenset[str]]:
    def names(frames: Frames) -> frozenset[str]:
        return frozenset(frames[seed][column].dropna())

    return names


def country_spelling(value: str) -> str:
    """As the macro of that name has it: `U.S.A.` is `usa`."""
    return " ".join(value.lower().split()).replace(".", "")


def country_of_state(value: str) -> str:
    """`Germany` of `Germany/Bavaria`, as countries are compared; nothing where either part is missing."""
    country, _, state = value.partition("/")
    return country_spelling(country) if state.strip() else ""


def site_domain(value: str) -> str:
    """As the macro of that name has it of a host: `ba.example` of `www.ba.example`; what is none as it stands."""
    found = _HOST.fullmatch(value.strip().lower())
    return found[1] if found else value


def _one_country(frames: Frames) -> Fold:
    """Every spelling of a country as that of the name which seeds/country_names.csv gives it."""
    known = frames["country_names"][["spelling", "country"]].dropna()
    names = dict(zip(known["spelling"], known["country"].map(country_spelling), strict=True))

    def fold(value: str) -> str:
        spelling = country_spelling(value)
        return names.get(spelling, spelling)

    return fold


def _one_state(frames: Frames) -> Fold:
    one_country = _one_country(frames)

    def fold(value: str) -> str:
        country, _, state = value.partition("/")
        return f"{one_country(country)}/{' '.join(state.partition('/')[0].lower().split())}"

    return fold


def _countries(frames: Frames) -> frozenset[str]:
    spellings = frames["country_names"]
    return frozenset(map(country_spelling, {*spellings["spelling"].dropna(), *spellings["country"].dropna()}))


def _iso_countries(frames: Frames) -> frozenset[str]:
    spellings = frames["country_names"]
    return frozenset(spellings["country"][spellings["spelling"].str.upper().isin(country_codes())].dropna())


@cache
def _checks() -> frozenset[str]:
    """The checks of marts, as `<mart>.<check>`."""
    return frozenset(
        f"{path.stem}.{expectation['meta']['check']}"
        for path in (EXPECTATIONS / MARTS).glob("*.yml")
        for expectation in yaml.safe_load(path.read_text(encoding="utf-8"))["expectations"]
    )


THINGS = {
    "attributes": Things(
        _attributes,
        "is no attribute of people that a model reads",
        "name one as the models do, or a custom field of a contract",
    ),
    "channels": Things(
        _column("channels", "channel"), "is no channel of seeds/channels.csv", "correct it, or add it there"
    ),
    "checks": Things(
        lambda _: _checks(),
        "is no check of a mart",
        "name one as <mart>.<check>, as expectations/marts/<mart>.yml has it",
    ),
    "contract_columns": Things(
        lambda _: _contract_columns(),
        "is no column of a raw table",
        "name system, object and column as dbt_project/models/staging/ declares them",
    ),
    "countries": Things(
        _countries,
        "is no country that seeds/country_names.csv knows",
        "write its English name or ISO code, or add a spelling there",
        country_spelling,
    ),
    "fields": Things(
        lambda frames: _fields() | frozenset(map(squash, frames["score_fields"]["score_name"].dropna())),
        "is no field that a model or a contract knows",
        "name it as the contract of its table does; a custom field is a column of the contract first",
        squash,
    ),
    "iso_countries": Things(
        _iso_countries,
        "is no ISO 3166 country: no row gives it a code of two letters",
        "correct the name, or add a row with its code as the spelling",
    ),
    "owners": Things(
        _column("check_owners", "owner"), "does not stand in seeds/check_owners.csv", "correct it, or add it there"
    ),
    "states": Things(
        _countries,
        "is no state of a country that seeds/country_names.csv knows",
        "write country and state, as Germany/Bavaria",
        country_of_state,
    ),
    "systems": Things(
        lambda _: _systems(),
        "is no system",
        "name one of the var systems in dbt_project/dbt_project.yml",
    ),
    "territories": Things(
        _column("territories", "territory"), "is no territory of seeds/territories.csv", "correct it, or add it there"
    ),
    "thresholds": Things(
        _thresholds,
        "is named by no model and no suite, nor by a rule of hygiene, so the row does nothing",
        "correct the name; a row of a new kind needs the model, suite or rule that reads it",
    ),
    "words": Things(
        lambda _: _words(),
        "is named by no model and no suite, so the row does nothing",
        "correct the name; a row of a new kind needs the model or the suite that reads it",
    ),
}

# As models compare them, so that two spellings of one thing can be told from two things.
FOLDS: Mapping[str, Callable[[Frames], Fold]] = {
    "country": _one_country,
    "domain": lambda _: site_domain,
    "state": _one_state,
}
