"""What was told and what waits to be told, in one file that is written whole: a message and the memory of what it
says appear together, so that a process killed in between tells neither twice nor never."""

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from orchestration.alerts.messages import Message, as_data, from_data
from orchestration.whole_files import write_whole

FILE = "state.json"
LOCK = ".lock"
# A telling takes its channels' bounded time; whoever comes meanwhile waits longer than that, and
# both within the minute that Dagster gives a sensor.
PATIENCE = 30.0
RUNS_REMEMBERED = 200


@dataclass
class Standing:
    """What was told and has not passed: `shapes` are the observed texts told, `nights` those that it stood since,
    the last of them `last_night`.

    `figure` is the number that was told. `escalated` are the owners whom it reached beyond its own, `step_nights` the
    nights it had stood at the last of those steps.
    """

    key: str
    owner: str | None
    called: str
    severity: str
    shapes: list[str]
    figure: float | None
    found: str
    since: str
    told_at: str
    seen_at: str
    nights: int = 0
    last_night: str = ""
    escalated: list[str] = field(default_factory=list)
    step_nights: int = 0


@dataclass
class Change:
    """That something `came`, got `worse` or `went`, for the week's digest."""

    key: str
    owner: str | None
    called: str
    what: str
    at: str


@dataclass
class Pending:
    """A message for one URL of a variable, from `created_at` until it is delivered; `because` is the last hindrance."""

    id: int
    variable: str
    entry: int
    created_at: str
    message: Message
    not_before: str = ""
    tries: int = 0
    because: str = ""


@dataclass
class State:
    """All of it. `before` is what stood before the last run in `runs`, `week` the day of the last week's digest."""

    standing: dict[str, Standing] = field(default_factory=dict)
    before: dict[str, Standing] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    pending: list[Pending] = field(default_factory=list)
    runs: list[str] = field(default_factory=list)
    week: str = ""
    last_id: int = 0

    def put(self, variable: str, entry: int, message: Message, *, now: datetime, not_before: datetime | None) -> None:
        """Add a message to what waits."""
        self.last_id += 1
        waits = not_before.isoformat() if not_before else ""
        self.pending.append(Pending(self.last_id, variable, entry, now.isoformat(), message, waits))

    def remember(self, run_id: str) -> None:
        """That a run was told of."""
        self.runs = [*self.runs, run_id][-RUNS_REMEMBERED:]


class Unreadable(ValueError):
    """The file holds no state; it was set aside."""


class Busy(RuntimeError):
    """Another process is telling."""


@contextmanager
def held(folder: Path, *, patience: float = PATIENCE) -> Iterator[None]:
    """Meanwhile nobody else reads or writes the state in `folder`; raises Busy after `patience` seconds."""
    folder.mkdir(parents=True, exist_ok=True)
    until = time.monotonic() + patience
    with (folder / LOCK).open("a") as handle:
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= until:
                    raise Busy("another process is sending alerts; they go out with its next look") from None
                time.sleep(0.1)
        yield


def load(folder: Path) -> State:
    """The state in `folder`, an empty one where there is none; raises Unreadable, and sets it aside, for no state."""
    path = folder / FILE
    if not path.exists():
        return State()
    try:
        return _from_data(json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        aside = folder / f"unreadable-{datetime.now(UTC):%Y-%m-%dT%H%M%SZ}.json"
        os.replace(path, aside)
        raise Unreadable(f"{path} held no state and is now {aside.name}; all that stands is told again") from error


def save(state: State, folder: Path) -> None:
    """Put the state in the place of what was there."""
    data = asdict(state)
    data["pending"] = [{**vars(pending), "message": as_data(pending.message)} for pending in state.pending]
    write_whole(folder / FILE, json.dumps(data, indent=1, ensure_ascii=False))


def _from_data(data: dict[str, Any]) -> State:
    return State(
        standing={key: Standing(**standing) for key, standing in data["standing"].items()},
        before={key: Standing(**standing) for key, standing in data["before"].items()},
        changes=[Change(**change) for change in data["changes"]],
        pending=[Pending(**{**entry, "message": from_data(entry["message"])}) for entry in data["pending"]],
        runs=list(data["runs"]),
        week=data["week"],
        last_id=data["last_id"],
    )
