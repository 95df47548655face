"""Raw-table contracts, read from the dbt source YAML where each table is declared once."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, lru_cache
from itertools import chain
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

import yaml

from orchestration import seeds
from orchestration.settings import DBT_PROJECT

# The lake's own bookkeeping tables are dbt sources too, but nobody delivers them.
LAKE = "lake"
# `day` is an instant that only dates: a day without a time in UTC is the midnight of it, in every time zone.
# `parameters` are a JSON list of keys with one typed value each, as GA4 writes them.
# `minor_units` are whole numbers of a currency's smallest unit: with decimals an amount is none.
Format = Literal["json", "parameters", "id", "client_id", "salesforce_id", "day", "minor_units"]
IDS: tuple[Format, ...] = ("id", "client_id", "salesforce_id")


@dataclass(frozen=True)
class Column:
    """One column: its name in the lake, type, and how extracts may spell it.

    A column named `id` or `*_id` holds an id (`format: id`) unless its contract names another format. `null_spellings`
    mean nothing in this column, beside those that do in the whole table. `urn` is what its ids name, where a platform
    spells ids with it; a row is of no use in which the column differs from `same_as`; where an amount `told_by` bears a
    currency, that is this column's value. It may share a header that another column took where it `may_share`. Filled,
    it `stands_in_for` another column, whose value is then its own behind its name: `credit_note:7714` is no `7714`.
    `custom_field` is `<entity>.<field>` where the column is the company's own.
    """

    name: str
    data_type: str
    description: str
    is_required: bool
    is_pii: bool
    format: Format | None
    aliases: tuple[str, ...]
    null_spellings: tuple[str, ...] = ()
    urn: str | None = None
    same_as: str | None = None
    told_by: str | None = None
    may_share: bool = False
    stands_in_for: str | None = None
    custom_field: str | None = None

    @property
    def is_id(self) -> bool:
        """Whether its values name records, people or clients, so that a placeholder would unite what it names."""
        return self.format in IDS


@dataclass(frozen=True)
class Contract:
    """One raw table. `key` is empty when only the row's content identifies it, that of the columns `identity` where
    others may be filled in later, else of all; rows of one file that are equal in them are told apart by `numbered_by`.
    `cursor` orders versions of a key. `additive` columns of the rows of one delivery (a file and its parts) and key add
    up, where an export is finer than the key; what `restated_by` names, a campaign's day, a later delivery tells whole.

    `rows_under` are keys under which a page of the vendor's API holds its rows, beside the usual ones; `rows_within`
    names a list inside each of those whose elements are the rows, and the key of what holds it that becomes a column of
    theirs: (list, key, column). `nests` are the objects inside a row whose keys are columns, `properties`, or `a.b` for
    an object within one.

    `is_zone_declared` tells that the landing says in which zone times without an offset are.

    `decimal` is the sign that parts decimals in delimited text, None where each file tells.

    A file must have one of each of the lists `one_of`: without any, its rows would tell nothing, or nought.

    Of the columns of a file beside those it requires, the share `least_known` (0..1) must be known.

    `delivery` says what a snapshot delivers whole: each file (with its parts), the files of a day, or only what a
    manifest calls so. `held_by` are the columns by which a delivery is compared with what was there, of which it must
    hold `least_held` (0..1).
    """

    system: str
    object: str
    description: str
    mode: Literal["snapshot", "incremental", "events"]
    key: tuple[str, ...]
    cursor: str | None
    is_required: bool
    null_spellings: tuple[str, ...]
    timestamp_formats: tuple[str, ...]
    timestamp_zone: str
    header_prefixes: tuple[str, ...]
    encoding: str | None
    columns: tuple[Column, ...]
    is_zone_declared: bool = False
    header_suffixes: tuple[str, ...] = ()
    rows_under: tuple[str, ...] = ()
    rows_within: tuple[str, str, str] | None = None
    nests: tuple[str, ...] = ()
    decimal: Literal["point", "comma"] | None = None
    least_known: float = 0.1
    delivery: Literal["file", "day", "manifest"] = "manifest"
    identity: tuple[str, ...] = ()
    numbered_by: tuple[str, ...] = ()
    additive: tuple[str, ...] = ()
    restated_by: tuple[str, ...] = ()
    one_of: tuple[tuple[str, ...], ...] = ()
    held_by: tuple[str, ...] = ()
    least_held: float = 0.5

    @property
    def has_deliveries(self) -> bool:
        """Whether it matters which of its files were delivered together."""
        return self.mode == "snapshot" or bool(self.additive)

    @property
    def mandatory(self) -> tuple[str, ...]:
        """Columns that tell what a row is of and when: the key and the cursor."""
        return tuple(dict.fromkeys((*self.key, *((self.cursor,) if self.cursor else ()))))

    @property
    def dated_by(self) -> tuple[str, ...]:
        """Columns that say when what a row tells of happened: an event's instant, a day in the key of measures."""
        dates = {column.name for column in self.columns if column.data_type in ("date", "timestamp")}
        if self.mode == "events":
            return tuple(dates.intersection((self.cursor,)))
        return tuple(column for column in self.key if column in dates and self.additive)

    @property
    def same(self) -> dict[str, str]:
        """Columns that must be the same as another where a file has them."""
        return {column.name: column.same_as for column in self.columns if column.same_as}

    @property
    def required(self) -> tuple[str, ...]:
        """Columns beside those that no row may lack, unless it only says that its record is gone."""
        return tuple(column.name for column in self.columns if column.is_required and column.name not in self.mandatory)


@lru_cache(maxsize=10_000)  # every table asks for the folders of every file
def squash(header: str) -> str:
    """A header's comparable form: lower case, letters and digits only."""
    return re.sub(r"[\W_]+", "", header).lower()


def snake_case(header: str) -> str:
    """A header as a column name: `IsConverted` -> `is_converted`, `hs_all-funky` -> `hs_all_funky`."""
    words = re.sub(r"([a-z0-9])([A-Z])|([A-Z]+)([A-Z][a-z])", r"\1\3_\2\4", header.strip())
    return re.sub(r"[\W_]+", "_", words).strip("_").lower()


def read(path: Path) -> list[Contract]:
    """The contracts of one source YAML; raises ValueError naming file, table and column when one is malformed."""
    document = yaml.load(path.read_text(), Loader=yaml.CSafeLoader)  # ten times as fast as safe_load
    contracts = []
    for source in document["sources"]:
        for table in source["tables"]:
            meta = {**_meta(source), **_meta(table)}
            contract = Contract(
                system=source["name"],
                object=table["name"],
                description=table["description"],
                mode=meta["mode"],
                key=tuple(meta["key"]),
                cursor=meta.get("cursor"),
                is_required=meta.get("required", False),
                null_spellings=(*spellings_of_null("cell"), *meta.get("null_spellings", ())),
                timestamp_formats=tuple(meta.get("timestamps", {}).get("formats", ("iso",))),
                timestamp_zone=meta.get("timestamps", {}).get("zone", "UTC"),
                header_prefixes=tuple(meta.get("header_prefixes", ())),
                encoding=meta.get("encoding"),
                columns=tuple(_column(column) for column in table["columns"]),
                header_suffixes=tuple(meta.get("header_suffixes", ())),
                rows_under=tuple(meta.get("rows_under", ())),
                rows_within=tuple(meta["rows_within"]) if "rows_within" in meta else None,
                nests=tuple(meta.get("nests", ())),
                decimal=meta.get("decimal"),
                least_known=meta.get("least_known", Contract.least_known),
                delivery=meta.get("delivery", "manifest"),
                identity=tuple(meta.get("identity", ())),
                numbered_by=tuple(meta.get("numbered_by", ())),
                additive=tuple(meta.get("additive", ())),
                restated_by=tuple(meta.get("restated_by", ())),
                one_of=tuple(tuple(names) for names in meta.get("one_of", ())),
                held_by=tuple(meta.get("held_by", meta["key"])),
                least_held=meta.get("least_held", 0.5),
            )
            names = {column.name for column in contract.columns}
            named = (
                *contract.mandatory,
                *contract.held_by,
                *contract.identity,
                *contract.numbered_by,
                *contract.additive,
                *contract.restated_by,
                *chain.from_iterable(contract.one_of),
            )
            for missing in (name for name in named if name not in names):
                raise ValueError(
                    f"{path}: {contract.system}.{contract.object} names {missing!r} as key, cursor, held_by, identity, "
                    f"numbered_by, additive, restated_by or one_of but does not declare it; add it to the table's "
                    f"columns"
                )
            contracts.append(contract)
    return contracts


@cache
def load() -> dict[tuple[str, str], Contract]:
    """Every contract of the project by (system, object), in the order of the files."""
    files = sorted((DBT_PROJECT / "models" / "staging").glob("*/_*__sources.yml"))
    contracts = [contract for path in files if path.parent.name != LAKE for contract in read(path)]
    return {(contract.system, contract.object): contract for contract in contracts}


def policy() -> dict[str, Any]:
    """The vars of dbt_project.yml as they stand there: what the models and ingestion hold by alike."""
    return yaml.safe_load((DBT_PROJECT / "dbt_project.yml").read_text())["vars"]


def reporting_day(instant: datetime) -> date:
    """The day of an instant in the reporting time zone, by which dated rows of seeds hold."""
    return instant.astimezone(ZoneInfo(policy()["reporting_timezone"])).date()


@cache
def spellings_of_null(place: Literal["cell", "value", "id"]) -> tuple[str, ...]:
    """What spells null in every cell, in cells that are no free text, or in ids alone (seed null_spellings)."""
    rows = seeds.values("null_spellings", "spelling", "holds_in")
    return tuple(spelling for spelling, holds_in in rows if holds_in == place)


def _meta(node: dict[str, Any]) -> dict[str, Any]:
    return node.get("config", {}).get("meta", {})


def _column(node: dict[str, Any]) -> Column:
    meta = _meta(node)
    name = node["name"]
    form = meta.get("format", "id" if re.search(r"(^|_)id$", name) else None)
    spellings = spellings_of_null("value") if form in IDS or node["data_type"] != "string" else ()
    return Column(
        name=name,
        data_type=node["data_type"],
        description=node["description"],
        is_required=meta.get("required", False),
        is_pii=meta.get("pii", False),
        format=form,
        aliases=tuple(meta.get("aliases", ())),
        null_spellings=(*spellings, *(spellings_of_null("id") if form in IDS else ())),
        urn=meta.get("urn"),
        same_as=meta.get("same_as"),
        told_by=meta.get("told_by"),
        may_share=meta.get("may_share", False),
        stands_in_for=meta.get("stands_in_for"),
        custom_field=meta.get("custom_field"),
    )
