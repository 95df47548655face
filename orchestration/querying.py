"""The command `sql`: one question to the published database, which stays as it is."""

import argparse
import csv
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import duckdb
from rich.box import SIMPLE
from rich.markup import escape
from rich.table import Table

from orchestration.consoles import console_for_tables
from orchestration.ingestion.ledger import literal
from orchestration.publication.publishing import RESTRICTED
from orchestration.settings import BadSettings, Settings

READS = (duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN)
NUMBERS = ("INT", "DECIMAL", "DOUBLE", "FLOAT")

Answer = tuple[list[str], list[bool], list[tuple[Any, ...]]]


def sql(options: argparse.Namespace, settings: Settings) -> int:
    """Print the rows that a query returns; returns 0. Raises BadSettings where it can't be asked, and says why."""
    with opened(settings, with_names=options.names) as connection:
        columns, are_numbers, rows = answer(connection, options.query)
    if options.json:
        print(json.dumps([dict(zip(columns, row, strict=True)) for row in rows], indent=2, default=str))
    elif options.csv:
        csv.writer(sys.stdout, lineterminator="\n").writerows([columns, *rows])
    else:
        table = Table(box=SIMPLE)
        for name, is_number in zip(columns, are_numbers, strict=True):
            table.add_column(escape(name), justify="right" if is_number else "left")
        for row in rows:
            table.add_row(*("" if value is None else escape(str(value)) for value in row))
        console = console_for_tables()
        console.print(table)
        console.print(f"{len(rows):,} {'row' if len(rows) == 1 else 'rows'}")
    return 0


@contextmanager
def opened(settings: Settings, *, with_names: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
    """The publication, read only: marts go by their bare names, names and links are `named.restricted`.

    Raises BadSettings where nothing is published.
    """
    if not settings.published_database.is_file():
        raise BadSettings(f"nothing is published in {settings.published} yet; `make nightly` publishes")
    with duckdb.connect(str(settings.published_database), read_only=True) as connection:
        if with_names:
            names = settings.published / RESTRICTED
            if not names.is_file():
                raise BadSettings(f"no names are published in {names} yet; `make nightly` publishes them")
            connection.execute(f"attach {literal(str(names))} as named (read_only)")
        connection.execute("set TimeZone = 'UTC'")
        connection.execute("set search_path = 'marts'")
        # A query reads the publication alone: no file beside it, and writes none.
        connection.execute("set enable_external_access = false")
        yield connection


def answer(connection: duckdb.DuckDBPyConnection, query: str) -> Answer:
    """The columns of a query, whether each holds numbers, and its rows. Raises BadSettings for what is no question."""
    try:
        statements = connection.extract_statements(query)
        if len(statements) != 1:
            raise BadSettings(f"these are {len(statements)} statements; ask one query at a time")
        if statements[0].type not in READS:
            raise BadSettings("the publication is only read; ask by `select`, `from`, `describe` or `show tables`")
        found = connection.execute(statements[0])
        described = found.description or []
        are_numbers = [str(column[1]).startswith(NUMBERS) for column in described]
        return [column[0] for column in described], are_numbers, found.fetchall()
    except duckdb.Error as error:
        raise BadSettings(str(error)) from error
