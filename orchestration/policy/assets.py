"""The tables that suites judge, and their columns, as contracts and the YAML of the marts declare them."""

from collections.abc import Mapping
from functools import cache

import yaml

from orchestration import contracts
from orchestration.settings import DBT_PROJECT

MARTS = "marts"
Columns = Mapping[str, str]


@cache
def tables() -> dict[tuple[str, ...], Columns]:
    """The types of the columns of every raw table, by (system, table), and of every mart, by (marts, name).

    dbt enforces the marts' columns; what ingestion adds to each row of a raw table is among its own.
    """
    from orchestration.ingestion.statements import lake_columns

    raw: dict[tuple[str, ...], Columns] = {
        (table.system, table.object): dict(lake_columns(table)) for table in contracts.load().values()
    }
    files = sorted((DBT_PROJECT / "models" / MARTS).glob("*/*.yml"))
    documents = [yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader) or {} for path in files]
    models = [model for document in documents for model in document.get("models", ())]
    return raw | {
        (MARTS, model["name"]): {column["name"]: column["data_type"] for column in model["columns"]} for model in models
    }


@cache
def entities() -> frozenset[str]:
    """The entities of the conformed layer."""
    return frozenset(path.stem for path in (DBT_PROJECT / "models" / "conformed").glob("*.sql"))
