"""What the last build offers for publication, written beside the warehouse whose tables it speaks of.

A build withdraws the offer before it touches a table and makes a new one when every check has spoken: of a build that
died half-way, and of a warehouse that somebody wrote to since, nothing can be published.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from orchestration.lineage import Failure
from orchestration.settings import Settings
from orchestration.whole_files import write_whole


class NothingOnOffer(RuntimeError):
    """No build stands that was judged to its end."""


@dataclass(frozen=True)
class Candidates:
    """The marts that run `run_id` built and passed, as of `as_of` (UTC), and why each other one is held back."""

    run_id: str
    as_of: datetime
    passed: tuple[str, ...]
    held: Mapping[str, Failure]


def withdraw(settings: Settings) -> None:
    """Take back the offer of the build before."""
    _place(settings).unlink(missing_ok=True)


def offer(settings: Settings, candidates: Candidates) -> None:
    """Put `candidates` up for publication."""
    held = {mart: asdict(failure) for mart, failure in candidates.held.items()}
    stored = {
        "warehouse": _state(settings),
        "run_id": candidates.run_id,
        "as_of": candidates.as_of.isoformat(),
        "passed": sorted(candidates.passed),
        "held": held,
    }
    write_whole(_place(settings), json.dumps(stored, indent=1) + "\n")


def read(settings: Settings) -> Candidates:
    """What is on offer; raises NothingOnOffer when the last build did not end, or is no longer as it was judged."""
    place = _place(settings)
    if not place.exists():
        raise NothingOnOffer(f"{place} is absent: the last build did not come to its end; run the whole night again")
    stored = json.loads(place.read_text())
    if stored["warehouse"] != _state(settings):
        raise NothingOnOffer(
            f"{settings.warehouse} was written to after its marts were judged, so nobody knows whether they pass: "
            "nothing was published; run the whole night again"
        )
    return Candidates(
        run_id=stored["run_id"],
        as_of=datetime.fromisoformat(stored["as_of"]),
        passed=tuple(stored["passed"]),
        held={mart: Failure(**failure) for mart, failure in stored["held"].items()},
    )


def _state(settings: Settings) -> list[int]:
    """Size and time of the warehouse's file: another one after every write, the same after a look."""
    facts = settings.warehouse.stat()
    return [facts.st_size, facts.st_mtime_ns]


def _place(settings: Settings) -> Path:
    return settings.warehouse.with_name("candidates.json")
