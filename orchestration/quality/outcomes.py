"""How one check ended."""

from dataclasses import dataclass, replace
from typing import Any

from orchestration.quality.suites import Check, Suite


@dataclass(frozen=True)
class Outcome:
    """How one check ended.

    `is_broken`: it could not be evaluated, which is an error whatever its severity. `no_data`: there was nothing to
    judge, so it neither passed nor failed. `sample` holds the failing rows, unmasked: show it through `display`.
    """

    check: Check
    passed: bool
    observed: Any = None
    rows_examined: int | None = None
    no_data: str | None = None
    is_broken: bool = False
    finding: str | None = None
    remedy: str = ""
    sample_columns: tuple[str, ...] = ()
    sample: tuple[tuple[Any, ...], ...] = ()


def without_data(suite: Suite, reason: str) -> list[Outcome]:
    """Outcomes of a suite that has nothing to judge: neither passed nor failed, and said so."""
    return [Outcome(check=check, passed=True, rows_examined=0, no_data=reason) for check in suite.checks]


def unevaluated(suite: Suite, reason: str, *, remedy: str) -> list[Outcome]:
    """Outcomes of a suite that could not be evaluated: an error, said once, for nobody knows whether it passes."""
    first, *others = without_data(suite, reason)
    return [replace(first, passed=False, is_broken=True, no_data=None, finding=reason, remedy=remedy), *others]
