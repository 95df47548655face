"""Whose extracts a lake holds. Those of two companies in one lake would give numbers of neither."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from orchestration.ingestion.files import filesystem_of
from orchestration.ingestion.ledger import lock
from orchestration.settings import SIMULATED, BadSettings, Settings, is_remote
from orchestration.whole_files import write_whole

ORIGIN = "_origin.json"


class OtherOrigin(BadSettings):
    """The lake holds the extracts of another landing or company."""


@dataclass(frozen=True)
class Origin:
    """The landing that a lake is loaded from; `company` describes a simulated one and is None of extracts."""

    landing: str
    company: str | None

    def __str__(self) -> str:
        return f"the simulated company ({self.company})" if self.company else f"the extracts in {self.landing}"

    def is_of(self, other: "Origin") -> bool:
        """Whether both are one company's: a simulated one is known by what it is, a real one by its place."""
        return self.company == other.company and (self.company is not None or self.landing == other.landing)


def claim(settings: Settings, *, has_moved: bool = False) -> Origin:
    """The origin of the lake, which a lake without one takes from the landing.

    `has_moved` says that the extracts of the lake's own company lie elsewhere from this run on.
    Raises OtherOrigin, and changes nothing, when the lake holds another's.
    """
    found = Origin(settings.landing, simulated_company(settings.landing))
    with lock(settings.lake):
        before = read(settings.lake)
        may_move = has_moved and before is not None and before.company is None and found.company is None
        if before is not None and not (may_move or before.is_of(found)):
            raise OtherOrigin(_refusal(before, found, settings))
        if before != found:
            write_whole(settings.lake / ORIGIN, json.dumps(asdict(found), indent=1) + "\n")
    return found


def read(lake: Path) -> Origin | None:
    """Where a lake's extracts come from; None when nothing was ever loaded."""
    place = lake / ORIGIN
    return Origin(**json.loads(place.read_text())) if place.exists() else None


def simulated_company(landing: str) -> str | None:
    """What a landing's own mark says of the simulated company that delivered it; None of a real one's."""
    if not is_remote(landing):
        mark = Path(landing).expanduser() / SIMULATED
        return _described(mark.read_bytes()) if mark.exists() else None
    filesystem, root = filesystem_of(landing)
    mark = f"{root}/{SIMULATED}"
    return _described(filesystem.cat_file(mark)) if filesystem.exists(mark) else None


def _described(mark: bytes) -> str:
    return str(json.loads(mark)["company"])


def _refusal(before: Origin, found: Origin, settings: Settings) -> str:
    moved = (
        ""
        if before.company or found.company
        else (
            "; if the same company's extracts have moved there, run `.venv/bin/touchstone nightly --landing-moved` once"
        )
    )
    return (
        f"{settings.lake} holds {before}, and this run would add {found}: nothing was loaded. "
        f"Set TOUCHSTONE_HOME to another folder for them{moved}"
    )
