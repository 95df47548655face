"""What a step's outputs are, worked out once.

The build's step has 2,600 outputs. For each of them Dagster asks for the keys of all of them, and makes the set anew
each time: a fourteenth of a small night here. Neither a definition nor a running step ever gets other outputs.
"""

from collections.abc import Callable
from functools import cached_property
from typing import Any

import dagster as dg
from dagster._core.execution.context.system import StepExecutionContext

KEPT = "_touchstone_output_asset_keys"


def keep() -> None:
    """Apply to every definition and every step of this process."""
    if isinstance(dg.AssetsDefinition.asset_and_check_keys, cached_property):
        return
    computed = dg.AssetsDefinition.asset_and_check_keys.fget  # type: ignore[attr-defined]
    kept = cached_property(lambda self: frozenset(computed(self)))
    kept.__set_name__(dg.AssetsDefinition, "asset_and_check_keys")
    dg.AssetsDefinition.asset_and_check_keys = kept  # type: ignore[method-assign, assignment]
    StepExecutionContext.get_output_asset_keys = _once(  # type: ignore[method-assign]
        StepExecutionContext.get_output_asset_keys
    )


def _once(compute: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def kept(step: Any) -> Any:
        found = step.__dict__.get(KEPT)
        if found is None:
            found = step.__dict__[KEPT] = frozenset(compute(step))
        return found

    return kept
