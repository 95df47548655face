"""A stand-in for dbt's `adapter`, so that sqlfluff renders dispatched macros without a database."""

from collections.abc import Callable
from typing import Any


def dispatch(macro_name: str, macro_namespace: str | None = None) -> Callable[..., Any]:
    """A macro that renders its first argument; those used as a relation or a query render one, a setting nothing."""
    if macro_name == "id_list_rows":
        return lambda *_: "unnest(['1']) as listed (item)"
    if macro_name == "date_rows":
        return lambda *_: "unnest([date '2026-01-01']) as days (day)"
    if macro_name in ("united", "united_plausibly"):
        return lambda entity, *_: f"select * from {entity}"
    if macro_name == "keeps_rows":
        return lambda *_: ""
    if macro_name == "rows_to_replace":
        return lambda rows, _: f"select * from {rows}"
    return lambda *arguments: arguments[0] if arguments else ""


def quote(identifier: str) -> str:
    """The identifier in the engine's quotes."""
    return f'"{identifier}"'
