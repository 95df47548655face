"""What the published tables mean, in their own comments and in the table `readme`, for whoever opens a file alone."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from orchestration.ingestion.ledger import literal
from orchestration.lineage import models_of

README = "readme"
BEGIN = (
    "Each table is a mart: fct_ tables hold facts, dim_ tables what they are broken down by; columns of the same name "
    "join. Every table and column has a comment. publication says which run each table is of and what held it back."
)


@dataclass(frozen=True)
class Description:
    """What a table and its columns mean; empty where nobody said."""

    text: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)


Descriptions = Mapping[str, Description]


def of_published(manifest: Mapping[str, Any]) -> dict[str, Description]:
    """What the project's YAML says of each mart and each restricted table, by its name."""
    published = {**models_of(manifest, layer="marts"), **models_of(manifest, layer="restricted")}
    return {
        node["name"]: Description(
            _one_line(node["description"]),
            {name: _one_line(column["description"]) for name, column in node["columns"].items()},
        )
        for node in published.values()
    }


def comment(work: duckdb.DuckDBPyConnection, table: str, description: Description) -> None:
    """Put a description into the comments of a published table, named with its database and schema."""
    work.execute(f"comment on table {table} is {literal(description.text)}")
    columns = {name for (name, *_) in work.execute(f"describe {table}").fetchall()}
    for column, text in description.columns.items():
        if column in columns and text:
            work.execute(f'comment on column {table}."{column}" is {literal(text)}')


def ship(work: duckdb.DuckDBPyConnection, schema: str, texts: Mapping[str, Description], *, parquet: Path) -> None:
    """Comment each table of `schema` that `texts` describe, and copy it into the folder `parquet`, described too."""
    for table, description in texts.items():
        comment(work, f"{schema}.{table}", description)
        told = f"description: {literal(description.text)}, columns: {literal(json.dumps(dict(description.columns)))}"
        options = f"format parquet, compression zstd, kv_metadata {{{told}}}"
        work.execute(f"copy {schema}.{table} to {literal(parquet / f'{table}.parquet')} ({options})")


def write_readme(work: duckdb.DuckDBPyConnection, marts: Mapping[str, Description]) -> None:
    """Grain: one row per published table, after one that says where to begin."""
    rows = [(README, BEGIN), *((mart, description.text) for mart, description in sorted(marts.items()))]
    work.execute(f"create table published.marts.{README} (table_name varchar, about varchar)")
    work.executemany(f"insert into published.marts.{README} values (?, ?)", rows)


def statements(database: duckdb.DuckDBPyConnection, *, source: str, schema: str) -> Iterator[str]:
    """The comments on the schema `source` of a published database, in standard SQL for the tables of `schema`."""
    for table, text in database.execute(
        "select table_name, comment from duckdb_tables() where schema_name = ? and comment is not null order by 1",
        [source],
    ).fetchall():
        yield f'comment on table {schema}."{table}" is {literal(text)}'
    for table, column, text in database.execute(
        "select table_name, column_name, comment from duckdb_columns() "
        "where schema_name = ? and comment is not null order by 1, 2",
        [source],
    ).fetchall():
        yield f'comment on column {schema}."{table}"."{column}" is {literal(text)}'


def _one_line(text: str) -> str:
    return " ".join(text.split())
