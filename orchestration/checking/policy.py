"""All of the policy at once: settings, seeds, contracts and suites, before anything reads one of them."""

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass

from orchestration import contracts as raw_tables
from orchestration.alerts import checking as alerts
from orchestration.checking import queries
from orchestration.policy import contracts, seeds, settings
from orchestration.policy.findings import Finding, raise_any
from orchestration.policy.suites import faults
from orchestration.quality import suites
from orchestration.settings import SEEDS

# What suites can't be judged without.
_NEEDED = {
    f"seeds/{seed}.csv"
    for seed in ("check_owners", "check_thresholds", "kpi_targets", "opportunity_stages", "vocabularies")
}


@dataclass(frozen=True)
class Policy:
    """How many of each part there are, what is wrong with them, and the seconds that the look at them took.

    `hints` are no faults: what does nothing on this machine.
    """

    counts: Mapping[str, int]
    findings: tuple[Finding, ...]
    seconds: float
    hints: tuple[Finding, ...] = ()

    @property
    def is_sound(self) -> bool:
        """Whether a night may begin."""
        return not self.findings

    def headline(self) -> str:
        """`Policy: 46 seeds, 58 contracts, 39 suites: no fault, 2.1 s`."""
        counted = ", ".join(f"{count:,} {part}" for part, count in self.counts.items())
        faults = (
            f"{len(self.findings):,} {'fault' if len(self.findings) == 1 else 'faults'}"
            if self.findings
            else "no fault"
        )
        return f"Policy: {counted}: {faults}, {self.seconds:.1f} s"


def judge() -> Policy:
    """What is wrong with the policy of this project and environment; writes nothing."""
    started = time.monotonic()
    of_settings, of_contracts = list(settings.faults(os.environ)), contracts.faults()
    found = [*of_settings, *seeds.findings(), *alerts.faults(), *of_contracts]
    known = 0 if of_contracts else len(raw_tables.load())
    # A suite is judged by contracts, seeds and the day of the night; where these can't be trusted, what it lacks would
    # be their fault.
    is_judgeable = not (of_settings or of_contracts or _NEEDED & {finding.file for finding in found})
    found += _of_suites() if is_judgeable else []
    counts = {
        "seeds": len(list(SEEDS.glob("*.csv"))),
        "contracts": known,
        "suites" if is_judgeable else "suites that wait for the others": len(suites.files()),
    }
    return Policy(counts, tuple(found), time.monotonic() - started, tuple(alerts.hints()))


def require() -> None:
    """Raise PolicyError with every finding where the policy has faults."""
    raise_any(judge().findings)


def _of_suites() -> list[Finding]:
    parameters, owners = suites.read_parameters(), suites.read_owners()
    found = [fault for path in suites.files() for fault in faults(path, parameters=parameters, owners=owners)]
    # Only a suite that is whole can be asked for its SQL.
    return found or list(queries.faults(suites.load()))
