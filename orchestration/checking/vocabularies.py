"""Values of a landing that no seed knows, and the seed that would name them."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from orchestration import contracts
from orchestration.ingestion.cells import name
from orchestration.ingestion.ledger import literal, table_batches
from orchestration.policy.things import country_spelling
from orchestration.quality.suites import read_parameters
from orchestration.seeds import values

Spell = Callable[[str], str]

MOST_VALUES = 20
# Statuses of bills, each declared in a seed.
BILLS = {("billing.invoices", "status"), ("stripe.invoice", "status")}
# Columns of stages that opportunities stand in or went through, and the rows in which they hold one.
STAGES = {
    ("salesforce.opportunity", "stage_name"): "true",
    ("salesforce.opportunity_history", "stage_name"): "true",
    ("salesforce.opportunity_field_history", "old_value"): "lower(field) in ('stagename', 'stage')",
    ("salesforce.opportunity_field_history", "new_value"): "lower(field) in ('stagename', 'stage')",
    ("hubspot.deals", "dealstage"): "true",
    ("hubspot.deal_property_history", "value"): "lower(name) = 'dealstage'",
}
# What a system itself delivers of its stages: lists of them, and the flags of records that stand in one.
STAGES_TOLD = {
    ("salesforce.opportunity_stage", "api_name"): ("is_closed", "is_won", "default_probability"),
    ("salesforce.opportunity", "stage_name"): ("is_closed", "is_won", "probability"),
    ("hubspot.deal_pipeline_stages", "stage_id"): ("is_closed", "closed_won", "probability"),
    ("hubspot.deals", "dealstage"): ("hs_is_closed", "hs_is_closed_won"),
}
# Statuses of members of campaigns, and the columns that tell of a member whether it has responded.
RESPONSES = {
    "salesforce.campaign_member": ("status", ("has_responded", "first_responded_date")),
    "marketo.program_members": ("status_name", ("reached_success", "reached_success_date")),
}
CURRENCIES = ("currency_iso_code", "deal_currency_code", "currency_code", "currency")
# Where a landing itself brings rates: the currencies in these need none of the seed's.
RATES = {"salesforce.currency_type": "iso_code", "salesforce.dated_conversion_rate": "iso_code"}


@dataclass(frozen=True)
class Gap:
    """Values of a column that a seed does not know, the most frequent first, with their rows."""

    seed: str
    table: str
    column: str
    values: tuple[tuple[str, int], ...]


def find_gaps(connection: duckdb.DuckDBPyConnection, *, lake: Path, tables: Collection[str]) -> Iterator[Gap]:
    """What the seeds of vocabularies, stages, statuses of members, countries and rates lack, of tables with rows."""
    known = {f"{contract.system}.{contract.object}": contract for contract in contracts.load().values()}
    words, priced = read_parameters(), _priced(connection, lake, tables)
    staged = _staged(connection, lake, tables, words)
    for table in sorted(tables):
        for column in known[table].columns:
            for seed, held, spell in _governed(table, column.name, words, priced, staged):
                where = STAGES[table, column.name] if seed == "opportunity_stages" else "true"
                if seed == "member_statuses":
                    where = " and ".join(f"{name(told)} is null" for told in RESPONSES[table][1])
                missing = [
                    (value, count)
                    for value, count in _values(connection, lake, table, column.name, where=where)
                    if spell(value) not in held
                ]
                if missing:
                    yield Gap(seed, table, column.name, tuple(missing[:MOST_VALUES]))


def _governed(
    table: str,
    column: str,
    words: Mapping[str, Any],
    priced: Collection[str],
    staged: Mapping[str, Collection[str]],
) -> Iterator[tuple[str, Collection[str], Spell]]:
    """(seed, the values it knows, how they are spelled) of a column that some seed governs."""
    if f"vocabulary.{table}.{column}" in words:
        yield "vocabularies", {_word(word) for word in words[f"vocabulary.{table}.{column}"]}, _word
    if (table, column) in STAGES:
        yield "opportunity_stages", staged[table.partition(".")[0]], _word
    if table in RESPONSES and RESPONSES[table][0] == column:
        statuses = words.get(f"member_statuses.{table.partition('.')[0]}", ())
        yield "member_statuses", {_word(status) for status in statuses}, _word
    if (table, column) in BILLS:
        yield "bill_statuses", {_word(status) for (status,) in values("bill_statuses", "status")}, _word
    if column == "country":
        yield "country_names", _countries(), country_spelling
    if column in CURRENCIES and table not in RATES:
        yield "currency_rates", priced, str.upper


def _word(value: str) -> str:
    """As models and gate compare: case, blanks, underscores and hyphens mean nothing."""
    return re.sub(r"[ _\t-]+", "", value.lower())


@cache
def _countries() -> frozenset[str]:
    return frozenset(country_spelling(word) for row in values("country_names", "spelling", "country") for word in row)


def _staged(
    connection: duckdb.DuckDBPyConnection, lake: Path, tables: Collection[str], words: Mapping[str, Any]
) -> dict[str, set[str]]:
    """Stages of each system of which the seed, a list or a record tells whether they are open, won or lost."""
    staged = {
        system: {_word(stage) for stage in words.get(f"stages.{system}", ())}
        for system in {table.partition(".")[0] for table, _ in STAGES}
    }
    for (table, column), flags in STAGES_TOLD.items():
        if table in tables:
            is_told = " or ".join(f"{name(flag)} is not null" for flag in flags)
            told = _values(connection, lake, table, column, where=is_told)
            staged[table.partition(".")[0]].update(_word(stage) for stage, _ in told)
    return staged


def _priced(connection: duckdb.DuckDBPyConnection, lake: Path, tables: Collection[str]) -> set[str]:
    """Currencies of which a rate to the reporting currency is known."""
    delivered = {
        value.upper()
        for table, column in RATES.items()
        if table in tables
        for value, _ in _values(connection, lake, table, column)
    }
    return {
        contracts.policy()["reporting_currency"],
        *delivered,
        *(currency for (currency,) in values("currency_rates", "currency_code")),
    }


def _values(
    connection: duckdb.DuckDBPyConnection, lake: Path, table: str, column: str, *, where: str = "true"
) -> list[tuple[str, int]]:
    """The values of a column in the rows that the SQL of `where` is true of, with their rows, most first."""
    system, name_of_table = table.split(".")
    listed = ", ".join(literal(path) for path in table_batches(lake, system, name_of_table))
    return connection.execute(f"""
        select {name(column)}::varchar, count(*) from read_parquet([{listed}], union_by_name = true)
        where {name(column)} is not null and ({where}) group by 1 order by 2 desc, 1
    """).fetchall()
