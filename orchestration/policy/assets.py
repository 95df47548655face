"""The tables that suites judge, and their columns, as contracts and the YAML of the models declare them."""

from collections.abc import Mapping
from functools import cache

import yaml

from orchestration import contracts
from orchestration.settings import DBT_PROJECT

MARTS = "marts"
CONFORMED = "conformed"
# The layers of models whose tables suites judge.
LAYERS = (CONFORMED, MARTS)
Columns = Mapping[str, str]


@cache
def tables() -> dict[tuple[str, ...], Columns]:
    """The types of the columns of every raw table by (system, table), of every entity and mart by (layer, name).

    dbt enforces the models' columns; what ingestion adds to each row of a raw table is among its own.
    """
    from orchestration.ingestion.statements import lake_columns

    raw: dict[tuple[str, ...], Columns] = {
        (table.system, table.object): dict(lake_columns(table)) for table in contracts.load().values()
    }
    return raw | {
        (layer, model["name"]): {column["name"]: column["data_type"] for column in model["columns"]}
        for layer, pattern in ((CONFORMED, "*.yml"), (MARTS, "*/*.yml"))
        for path in sorted((DBT_PROJECT / "models" / layer).glob(pattern))
        for model in (yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader) or {}).get("models", ())
    }


@cache
def entities() -> frozenset[str]:
    """The entities of the conformed layer."""
    return frozenset(path.stem for path in (DBT_PROJECT / "models" / "conformed").glob("*.sql"))
