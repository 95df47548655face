"""What is wrong with the policy, as whoever edits it in a spreadsheet or an editor needs to hear it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import groupby

SHOWN = 10  # of the lines of one file that are wrong in one way; the rest is counted


@dataclass(frozen=True)
class Finding:
    """One fault: in `file` (below the project), in `line` of it, what is wrong there and what to do.

    `column` is the column of a seed, the place in a suite or contract, the variable of the settings; `value` is what
    stands there. Each is None where the fault has none.
    """

    file: str
    wrong: str
    remedy: str
    line: int | None = None
    column: str | None = None
    value: str | None = None

    def __str__(self) -> str:
        place = [self.file]
        if self.line is not None:
            place.append(f"line {self.line}")
        if self.column is not None:
            place.append(self.column)
        value = "" if self.value is None else f"{self.value!r} "
        return f"{', '.join(place)}: {value}{self.wrong}; {self.remedy}"


class PolicyError(ValueError):
    """The policy has faults; the message lists them, one a line."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join(listed(findings)))


def listed(findings: Sequence[Finding]) -> Iterator[str]:
    """A line for each finding; of those that differ in line and value only, the first and how many more."""
    for _, alike in groupby(findings, key=lambda finding: (finding.file, finding.column, finding.remedy)):
        group = list(alike)
        yield from (str(finding) for finding in group[:SHOWN])
        if len(group) > SHOWN:
            yield f"{group[0].file}: and {len(group) - SHOWN:,} lines more like these"


def nearest(value: str, known: Iterable[str]) -> str | None:
    """The one of `known` that was meant by `value`, whatever its case; None where none is near."""
    by_folded = {name.strip().lower(): name for name in sorted(known)}
    found = get_close_matches(value.strip().lower(), by_folded, n=1)
    return by_folded[found[0]] if found else None


def raise_any(findings: Iterable[Finding]) -> None:
    """Raise PolicyError where there is a finding."""
    found = list(findings)
    if found:
        raise PolicyError(found)
