"""Values of a landing that no seed knows, and the seed that would name them."""

import csv
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import yaml

from orchestration import contracts
from orchestration.ingestion.cells import name
from orchestration.ingestion.ledger import SHAPE, literal
from orchestration.settings import DBT_PROJECT, SEEDS

MOST_VALUES = 20
# Columns of stages that opportunities go through.
OPPORTUNITY_STAGES = {"salesforce.opportunity": "stage_name", "hubspot.deals": "dealstage"}
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
    """What the seeds of vocabularies, opportunity stages, countries and currency rates lack, of tables with rows."""
    known = {f"{contract.system}.{contract.object}": contract for contract in contracts.load().values()}
    priced = _priced(connection, lake, tables)
    for table in sorted(tables):
        for column in known[table].columns:
            for seed, words, is_exact in _governed(table, column.name, priced):
                values = _values(connection, lake, table, column.name)
                held = words if is_exact else {word.strip().lower() for word in words}
                missing = [
                    (value, count)
                    for value, count in values
                    if (value if is_exact else value.strip().lower()) not in held
                ]
                if missing:
                    yield Gap(seed, table, column.name, tuple(missing[:MOST_VALUES]))


def _governed(table: str, column: str, priced: set[str]) -> Iterator[tuple[str, set[str], bool]]:
    """(seed, the values it knows, whether case tells) of a column that some seed governs."""
    system, name_of_table = table.split(".")
    words = {
        row["value"]
        for row in _seed("vocabularies")
        if (row["system"], row["object"], row["column_name"]) == (system, name_of_table, column)
    }
    if words:
        yield "vocabularies", words, True
    if OPPORTUNITY_STAGES.get(table) == column:
        yield (
            "opportunity_stages",
            {r["stage_name"] for r in _seed("opportunity_stages") if r["system"] == system},
            False,
        )
    if column == "country":
        countries = {word for row in _seed("country_names") for word in (row["spelling"], row["country"])}
        yield "country_names", countries, False
    if column in CURRENCIES and table not in RATES:
        yield "currency_rates", priced, False


def _priced(connection: duckdb.DuckDBPyConnection, lake: Path, tables: Collection[str]) -> set[str]:
    """Currencies of which a rate to the reporting currency is known."""
    variables = yaml.safe_load((DBT_PROJECT / "dbt_project.yml").read_text())["vars"]
    delivered = {
        value
        for table, column in RATES.items()
        if table in tables
        for value, _ in _values(connection, lake, table, column)
    }
    return {variables["reporting_currency"], *delivered, *(row["currency_code"] for row in _seed("currency_rates"))}


def _values(connection: duckdb.DuckDBPyConnection, lake: Path, table: str, column: str) -> list[tuple[str, int]]:
    system, name_of_table = table.split(".")
    files = [str(path) for path in (lake / system / name_of_table).glob("*/*.parquet") if path.name != SHAPE]
    listed = ", ".join(literal(path) for path in files)
    return connection.execute(f"""
        select {name(column)}::varchar, count(*) from read_parquet([{listed}], union_by_name = true)
        where {name(column)} is not null group by 1 order by 2 desc, 1
    """).fetchall()


def _seed(seed: str) -> list[dict[str, str]]:
    with (SEEDS / f"{seed}.csv").open(encoding="utf-8", newline="") as rows:
        return list(csv.DictReader(rows))
