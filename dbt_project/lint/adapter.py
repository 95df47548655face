"""A stand-in for dbt's `adapter`, so that sqlfluff renders dispatched macros without a database."""

from collections.abc import Callable
from typing import Any


def dispatch(macro_name: str, macro_namespace: str | None = None) -> Callable[..., Any]:
    """A macro that renders its first argument; the one used as a relation renders a relation."""
    if macro_name == "id_list_rows":
        return lambda *_: "unnest(['1']) as listed (item)"
    return lambda *arguments: arguments[0] if arguments else ""


def quote(identifier: str) -> str:
    """The identifier in the engine's quotes."""
    return f'"{identifier}"'
