"""A stand-in for dbt's `adapter`, so that sqlfluff renders dispatched macros without a database."""

from collections.abc import Callable
from typing import Any

# What a macro that stands in a from clause renders.
ROWS = {
    "id_list_rows": "unnest(['1']) as listed (item)",
    "listed_rows": "unnest(['A']) as listed (item, item_position)",
    "date_rows": "unnest([date '2026-01-01']) as days (day)",
}


def dispatch(macro_name: str, macro_namespace: str | None = None) -> Callable[..., Any]:
    """A macro that renders its first argument; those used as a relation or a query render one, a setting nothing."""
    if macro_name in ROWS:
        return lambda *_: ROWS[macro_name]
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
