"""What of a run is told: failed and warned checks, failed steps, marts kept back, targets that were not reached."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from orchestration.digest import DATA_ENGINEERING, POLICY, Digest, Finding

ENDED = "the run itself"
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
_NUMBER = re.compile(r"\d[\d,._]*")
_DIGITS = re.compile(r"[\d.,:+-]*\d[\d.,:+%eE-]*")


@dataclass(frozen=True)
class Thing:
    """One finding, with the marts that it keeps back; its title is its key from night to night."""

    finding: Finding
    keeps: tuple[str, ...] = ()
    rows: tuple[str, ...] = field(default=())

    @property
    def key(self) -> str:
        """What it is called every night."""
        return self.finding.title

    @property
    def severity(self) -> str:
        """`failed` or `warned`."""
        return "failed" if self.finding.is_critical else "warned"

    @property
    def shape(self) -> str:
        """The observed text without figures and quoted values: what another count of the same leaves as it is."""
        return " ".join(_DIGITS.sub("#", _QUOTED.sub("''", self.finding.found)).split())

    @property
    def figure(self) -> float | None:
        """The first number of the observed text; None where there is none."""
        found = _NUMBER.search(self.finding.found)
        digits = found[0].replace(",", "").replace("_", "").rstrip(".") if found else ""
        try:
            return float(digits)
        except ValueError:
            return None


def told_of(digest: Digest) -> list[Thing]:
    """All of a run that somebody has to hear of, once each, the worst first."""
    things = {thing.key: thing for thing in _things(digest)}
    return sorted(things.values(), key=lambda thing: (not thing.finding.is_critical, thing.finding.title))


def passed(digest: Digest) -> frozenset[str]:
    """Keys of what this run judged and found in order; what it did not judge is not among them."""
    keys = set(digest.passed)
    if any(key.startswith("step ") for key in digest.passed):
        keys.add(POLICY)
    if digest.is_success and digest.published is not None:
        keys.add(ENDED)
    return frozenset(keys)


def is_recovered(key: str, digest: Digest) -> bool:
    """Whether what was told under `key` has passed: it was judged again and found in order."""
    if key.startswith(("kept back by ", "not reached: ")):
        return digest.published is not None
    return key in passed(digest)


def _things(digest: Digest) -> Iterator[Thing]:
    kept = {because.name: (because, marts) for because, marts in digest.published.causes()} if digest.published else {}
    for finding in digest.findings:
        # A suite's failure is named by table and check, a data test's by the test alone.
        name = next((name for name in (f"{finding.asset} {finding.check}", finding.check) if name in kept), "")
        _, marts = kept.pop(name, (None, []))
        if finding.title == POLICY:
            faults = finding.found.splitlines()
            counted = f"faults of the policy: {len(faults)}"
            yield Thing(finding, rows=(counted, *faults) if len(faults) > 1 else ())
        else:
            yield Thing(finding, tuple(marts))
    for name, (because, marts) in kept.items():
        title = f"kept back by {name}"
        yield Thing(Finding(because.owner, title, True, because.found, remedy=because.remedy), tuple(marts))
    if digest.published and digest.published.unreached:
        unreached = digest.published.unreached
        remedy = "See whether it can be reached; the next night publishes there again."
        yield Thing(
            Finding(DATA_ENGINEERING, f"not reached: {unreached.target}", True, unreached.because, remedy=remedy)
        )
    if not digest.is_success and not digest.findings and digest.published is None:
        found = "It ended before it published anything, and no step says why."
        yield Thing(Finding(DATA_ENGINEERING, ENDED, True, found, remedy="Read the log of the run."))
