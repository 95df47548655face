"""The SQL of suites: written in the suite, or a template of `expectations/queries/` that several share."""

import re
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from orchestration import contracts
from orchestration.quality.suites import Suite, read_parameters
from orchestration.settings import EXPECTATIONS

_MART = re.compile(r"\bmarts[.](\w+)")


def render(query: str | Mapping[str, Any], suite: Suite, *, as_of: datetime) -> str:
    """The SQL of a suite's query: its own text, or a template of `expectations/queries/` with its arguments.

    `table` is what the suite judges. Raw suites get `key`, `cursor`, `mode`, `system` and `object` from the contract;
    `as_of` is a literal, `parameters` are those of the suites.
    """
    variables: dict[str, Any] = {
        "as_of": f"timestamp '{as_of:%Y-%m-%d %H:%M:%S}'",
        "parameters": read_parameters(),
        "table": ".".join(suite.asset_key),
    }
    if suite.is_raw:
        system, table = suite.asset_key
        contract = contracts.load()[system, table]
        variables |= {
            "system": system,
            "object": table,
            "table": f"raw_{system}.{table}",
            "key": contract.key,
            "cursor": contract.cursor,
            "mode": contract.mode,
        }
    if isinstance(query, str):
        return _templates().from_string(query).render(variables)
    arguments = {name: value for name, value in query.items() if name != "template"}
    return _templates().get_template(f"{query['template']}.sql").render({**variables, **arguments})


def marts_read(query: str | Mapping[str, Any], suite: Suite, *, as_of: datetime) -> frozenset[str]:
    """The marts that a suite's query reads."""
    return frozenset(_MART.findall(render(query, suite, as_of=as_of)))


@cache
def _templates() -> Environment:
    # SQL, not HTML: nothing to autoescape, and every value comes from the project's own files.
    return Environment(loader=FileSystemLoader(EXPECTATIONS / "queries"), undefined=StrictUndefined, autoescape=False)
