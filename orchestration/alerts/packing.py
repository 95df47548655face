"""What is told of a run, as one message for each channel, owner and time."""

from dataclasses import dataclass, field
from datetime import datetime

from orchestration.alerts import links
from orchestration.alerts.messages import Item, Message, Mood, Section, Severity
from orchestration.alerts.routes import Route, Routes
from orchestration.alerts.state import Standing
from orchestration.digest import Digest

HEADINGS = {
    "new": "New",
    "worse": "Worse than was told",
    "changed": "Other than was told",
    "escalated": "Escalated to you",
    "recovered": "Passed again",
}


@dataclass(frozen=True)
class Told:
    """One thing to tell, why, to whom (`owner`, who is `called` so) and by the routes of which severity."""

    reason: str
    severity: Severity
    owner: str | None
    called: str
    item: Item


@dataclass
class Parcel:
    """What goes to one variable at one time, to one owner, or to all where no route leads there."""

    route: Route
    not_before: datetime | None
    called: str
    is_fallback: bool
    told: list[Told] = field(default_factory=list)


def parcels(told: list[Told], routes: Routes, now: datetime) -> list[Parcel]:
    """What is told, by channel, owner and time."""
    found: dict[tuple[str, datetime | None, str], Parcel] = {}
    for one in told:
        for route in dict.fromkeys(routes.of(one.owner, one.severity)):
            is_fallback, waits = routes.is_fallback(route), route.waits_until(now)
            called = "" if is_fallback else one.called
            parcel = found.setdefault((route.variable, waits, called), Parcel(route, waits, called, is_fallback))
            if (one.reason, one.item) not in [(other.reason, other.item) for other in parcel.told]:
                parcel.told.append(one)
    return list(found.values())


def compose(parcel: Parcel, digest: Digest, *, ui: str | None, title: str, standing: list[Standing]) -> Message:
    """The message of a parcel; `title` stands for its own."""
    sections = tuple(
        Section(heading, tuple(one.item for one in sorted(parcel.told, key=_rank) if one.reason == reason))
        for reason, heading in HEADINGS.items()
        if any(one.reason == reason for one in parcel.told)
    )
    notes = []
    if parcel.is_fallback:
        if digest.published and not digest.published.is_complete:
            notes.append(digest.published.headline())
        if digest.missing:
            notes.append(f"Nothing to judge, no extract yet: {', '.join(digest.missing)}")
    whose = whose_company(digest)
    return Message(
        title=title or (f"{whose}:{digest.title.partition(':')[2]}" if parcel.is_fallback else _title(parcel, whose)),
        mood=_mood(parcel, standing),
        thread=f"{whose}: {parcel.called or 'all owners'}",
        sections=sections,
        owner=parcel.called,
        notes=tuple(notes),
        run_id=digest.run_id,
        link=links.run(ui, digest.run_id),
    )


def _rank(told: Told) -> tuple[bool, str, str]:
    """The worst first, then by owner."""
    return told.severity != "failed", told.item.owner, told.item.title


def whose_company(digest: Digest) -> str:
    """`Touchstone`, and what the numbers are not: of a real company, of tonight."""
    told = digest.published
    words = [
        word
        for word, is_so in (("SIMULATED company", told and told.company), ("REPLAY", told and told.replay))
        if is_so
    ]
    return f"Touchstone ({', '.join(words)})" if words else "Touchstone"


def _title(parcel: Parcel, whose: str) -> str:
    counts = {
        "failed": sum(one.severity == "failed" and one.reason != "escalated" for one in parcel.told),
        "warned": sum(one.severity == "warned" and one.reason != "escalated" for one in parcel.told),
        "escalated": sum(one.reason == "escalated" for one in parcel.told),
        "passed again": sum(one.reason == "recovered" for one in parcel.told),
    }
    return f"{whose}: {parcel.called}: {', '.join(f'{count} {word}' for word, count in counts.items() if count)}"


def _mood(parcel: Parcel, standing: list[Standing]) -> Mood:
    """The worst that is told; a recovery is one for good only where nothing of the same owner still fails."""
    severities = {one.severity for one in parcel.told}
    if "failed" in severities:
        return "failed"
    if "warned" in severities:
        return "warned"
    still = [
        one for one in standing if one.severity == "failed" and (parcel.is_fallback or one.called == parcel.called)
    ]
    return "said" if still else "recovered"
