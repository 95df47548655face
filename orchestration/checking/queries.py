"""The SQL of suites bound against empty tables: what a night would find out only after it has loaded everything."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import duckdb
from jinja2 import TemplateError

from orchestration.ingestion.ledger import BOOKKEEPING, TABLES
from orchestration.policy import marked, rules
from orchestration.policy.assets import LAYERS, MARTS, tables
from orchestration.policy.findings import Finding
from orchestration.policy.marked import Marked
from orchestration.quality.queries import render
from orchestration.quality.suites import Suite
from orchestration.settings import EXPECTATIONS, SEEDS

# Whatever instant the run calls now, a query binds alike.
NOW = datetime(2026, 1, 1)
TYPES = {"decimal": "double", "string": "varchar"}


def faults(suites: list[Suite]) -> Iterator[Finding]:
    """Queries and samples that name what is not there, and checks of columns that their query does not return."""
    with duckdb.connect() as connection:
        _create_tables(connection)
        for suite in suites:
            document = marked.read(EXPECTATIONS / suite.file)
            returned: dict[str, list[str]] = {}
            for part, queries in (("queries", suite.queries), ("samples", suite.samples)):
                for name, query in queries.items():
                    bound = _bound(connection, suite, query)
                    if isinstance(bound, str):
                        line, remedy = document.line("meta", part, name), "correct the query"
                        yield Finding(_file(suite), f"does not run: {bound}", remedy, line, f"{part}.{name}")
                    elif part == "queries":
                        returned[name] = bound
            yield from _checks(suite, document, returned)


def _checks(suite: Suite, document: Marked, returned: Mapping[str, list[str]]) -> Iterator[Finding]:
    for place, check in enumerate(suite.checks):
        query, _, column = str(check.kwargs.get("column", "")).partition(".")
        if query in returned and column not in returned[query]:
            yield Finding(
                _file(suite),
                f"is no column that the query {query!r} returns",
                f"it returns {', '.join(returned[query])}",
                document.line("expectations", place, "kwargs", "column"),
                f"check {check.name!r}, kwargs.column",
                str(check.kwargs["column"]),
            )


def _bound(connection: duckdb.DuckDBPyConnection, suite: Suite, query: str | Mapping[str, Any]) -> list[str] | str:
    """The columns that a query returns; where it does not run, why."""
    try:
        rows = connection.execute(f"describe {render(query, suite, as_of=NOW)}").fetchall()
    except (duckdb.Error, TemplateError, KeyError) as error:
        return str(error).strip().splitlines()[0]
    return [column for column, *_ in rows]


def _create_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Every table that a suite's query may read, without rows; the marts also as those of the last publication."""
    connection.execute(
        "attach ':memory:' as last; create schema last.marts; create schema raw_lake; create schema seeds"
    )
    for folder, name in BOOKKEEPING.items():
        _create(connection, f"raw_lake.{name}", TABLES[folder])
    for seed in rules.read(SEEDS).values():
        columns = {name: TYPES.get(column.data_type, column.data_type) for name, column in seed.columns.items()}
        _create(connection, f"seeds.{seed.name}", columns)
    for (schema, name), columns in tables().items():
        place = schema if schema in LAYERS else f"raw_{schema}"
        connection.execute(f"create schema if not exists {place}")
        _create(connection, f"{place}.{name}", columns)
        if schema == MARTS:
            _create(connection, f"last.marts.{name}", columns)


def _create(connection: duckdb.DuckDBPyConnection, table: str, columns: Mapping[str, str]) -> None:
    listed = ", ".join(f'"{name}" {data_type}' for name, data_type in columns.items())
    connection.execute(f"create table {table} ({listed})")


def _file(suite: Suite) -> str:
    return f"expectations/{suite.file}"
