"""The SQL of a model as dbt compiles it, without dbt, whose parse of the project takes ten seconds.

It serves models that need no more than `ref` and macros of `dbt_project/macros/engine/`; a test holds it to what dbt
compiles. A reference is the bare name of a table.
"""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined

from orchestration import contracts
from orchestration.settings import DBT_PROJECT

MACROS = ("engine/text.sql", "engine/distance.sql", "holds_on.sql")


@cache
def render(model: str) -> str:
    """The SQL of the model of that name."""
    (path,) = (DBT_PROJECT / "models").rglob(f"{model}.sql")
    return _environment().from_string(path.read_text(encoding="utf-8")).render()


def macro(name: str, *arguments: str) -> str:
    """The SQL of a macro, of expressions as its arguments."""
    return str(_environment().globals[name](*arguments))


@cache
def _environment() -> Environment:
    # SQL, not HTML: nothing to autoescape, and every text comes from the project's own files.
    environment = Environment(undefined=StrictUndefined, autoescape=False, extensions=["jinja2.ext.do"])
    environment.globals |= {"adapter": _Adapter(environment.globals), "ref": str, "var": contracts.policy().get}
    for name in MACROS:
        module = environment.from_string(Path(DBT_PROJECT, "macros", name).read_text(encoding="utf-8")).module
        # A macro that begins with an underscore is private to Jinja, and none of ours does.
        environment.globals |= {macro: getattr(module, macro) for macro in dir(module) if not macro.startswith("_")}
    return environment


class _Adapter:
    """dbt's way of finding the macro of an engine: its own, else the default one."""

    def __init__(self, macros: dict[str, Any]) -> None:
        self._macros = macros

    def dispatch(self, name: str, _: str) -> Callable[..., str]:
        """The macro `name` as DuckDB has it."""
        return self._macros.get(f"duckdb__{name}") or self._macros[f"default__{name}"]
