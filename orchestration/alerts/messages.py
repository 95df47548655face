"""What is told to people, before anybody says how it looks: written to disk as it is, so that nothing gets lost."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

Severity = Literal["failed", "warned", "recovered", "weekly"]
Mood = Literal["failed", "warned", "recovered", "said"]


@dataclass(frozen=True)
class Item:
    """One thing told. `mark` is the word before it, `keeps` are marts that it keeps back, `since` is a day."""

    mark: str
    title: str
    found: str = ""
    harm: str = ""
    rows: tuple[str, ...] = ()
    remedy: str = ""
    keeps: tuple[str, ...] = ()
    owner: str = ""
    since: str = ""
    runbook: str = ""
    link: str = ""


@dataclass(frozen=True)
class Section:
    """Things told for one reason."""

    heading: str
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Message:
    """What one channel is told at once; `owner` is a name, `mood` the worst of it, `notes` stand before the sections.

    `run_id` is empty where no run said it. `thread` is the same for all that is told to an owner, so that an incident
    raised by one message can be closed by another.
    """

    title: str
    mood: Mood
    thread: str
    sections: tuple[Section, ...] = ()
    owner: str = ""
    notes: tuple[str, ...] = ()
    run_id: str = ""
    link: str = ""

    @property
    def items(self) -> tuple[Item, ...]:
        """All that is told, in order."""
        return tuple(item for section in self.sections for item in section.items)


def as_data(message: Message) -> dict[str, Any]:
    """The message as JSON holds it."""
    return asdict(message)


def from_data(data: Mapping[str, Any]) -> Message:
    """The message of `as_data`."""
    sections = tuple(
        Section(
            section["heading"],
            tuple(
                Item(**{**item, "rows": tuple(item["rows"]), "keeps": tuple(item["keeps"])})
                for item in section["items"]
            ),
        )
        for section in data["sections"]
    )
    return Message(**{**data, "sections": sections, "notes": tuple(data["notes"])})
