"""Who is told what of a run, given what was told before: pure, so that a dry run and a night agree.

Told is what nobody was told yet, what got worse, what says another thing than was told, what has stood for as many
nights as its route waits before somebody else hears of it, and what has passed.
"""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from orchestration.alerts import links
from orchestration.alerts.findings import Thing, is_recovered, told_of
from orchestration.alerts.messages import Item, Message, Mood, Section, Severity
from orchestration.alerts.routes import Route, Routes
from orchestration.alerts.state import Change, Standing, State
from orchestration.digest import Digest

# The same finding is another one where its figure has grown so many times since it was told.
GROWN = 10
# What no run judges any more, of a table or check that is gone, is forgotten.
FORGOTTEN_AFTER = timedelta(days=30)
TEXTS_REMEMBERED = 10
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


def plan(state: State, digest: Digest, *, routes: Routes, now: datetime, ui: str | None, title: str = "") -> State:
    """The state after a run was told of: its messages wait, and what they say is remembered.

    A replay of an earlier night is told whole and remembered by no later one. `title` stands for the digest's own.
    """
    after = deepcopy(state)
    is_replay = bool(digest.published and digest.published.replay)
    remembered = State() if is_replay else after
    if not is_replay:
        after.before = deepcopy(state.standing)
    told = list(_told(remembered, digest, routes=routes, now=now, ui=ui))
    standing = list(remembered.standing.values())
    for parcel in _parcels(told, routes, now):
        message = _message(parcel, digest, ui=ui, title=title, standing=standing)
        for entry in range(1, routes.entries[parcel.route.variable] + 1):
            after.put(parcel.route.variable, entry, message, now=now, not_before=parcel.not_before)
    after.remember(digest.run_id)
    return after


def _told(state: State, digest: Digest, *, routes: Routes, now: datetime, ui: str | None) -> Iterator[Told]:
    things = told_of(digest)
    for thing in things:
        owner = routes.owner_of(thing.finding.owner)
        yield from _thing(state, thing, owner, routes=routes, now=now, ui=ui)
    found = {thing.key for thing in things}
    for standing in list(state.standing.values()):
        if standing.key in found:
            continue
        is_gone = now - datetime.fromisoformat(standing.seen_at) > FORGOTTEN_AFTER
        if not is_gone and not is_recovered(standing.key, digest):
            continue
        del state.standing[standing.key]
        state.changes.append(Change(standing.key, standing.owner, standing.called, "went", now.isoformat()))
        if not is_gone:
            item = Item(
                "passed", standing.key, f"was: {standing.found}", owner=standing.called, since=standing.since[:10]
            )
            yield Told("recovered", "recovered", standing.owner, standing.called, item)
            # Whoever heard of it as it stood hears that it is over.
            for owner in standing.escalated:
                yield Told("recovered", "recovered", owner, routes.name_of(owner), item)


def _thing(
    state: State, thing: Thing, owner: str | None, *, routes: Routes, now: datetime, ui: str | None
) -> Iterator[Told]:
    severity: Severity = "failed" if thing.finding.is_critical else "warned"
    called = routes.name_of(owner) if owner else thing.finding.owner.partition(" <")[0]
    known = state.standing.get(thing.key)
    if known is None:
        if not routes.of(owner, severity):
            return  # nobody is told, so nothing is remembered as told
        state.standing[thing.key] = _standing(thing, owner, called, now)
        state.changes.append(Change(thing.key, owner, called, "came", now.isoformat()))
        yield Told("new", severity, owner, called, _item(thing, ui))
        return
    was, known.seen_at = known.severity, now.isoformat()
    reason = _reason(known, thing, owner)
    if reason:
        since, shapes = known.since, known.shapes
        state.standing[thing.key] = known = _standing(thing, owner, called, now)
        known.since = since
        known.shapes = list(dict.fromkeys([*shapes, *known.shapes]))[-TEXTS_REMEMBERED:]
        if reason == "worse":
            state.changes.append(Change(thing.key, owner, called, "worse", now.isoformat()))
        yield Told(reason, severity, owner, called, _item(thing, ui, since=since))
        return
    if was == "failed" and severity == "warned":
        known.severity = "warned"
        found = f"it still warns: {thing.finding.found}"
        item = Item("no longer fails", thing.key, found, owner=called, since=known.since[:10])
        yield Told("recovered", "recovered", owner, called, item)
    yield from _escalation(known, thing, routes=routes, now=now, ui=ui)


def _reason(known: Standing, thing: Thing, owner: str | None) -> str:
    """Why what was told is told anew; empty where it is not."""
    if thing.severity == "failed" and known.severity == "warned":
        return "worse"
    figure = thing.figure
    has_grown = figure is not None and known.figure is not None and figure >= GROWN * max(known.figure, 1)
    return "changed" if has_grown or owner != known.owner or thing.shape not in known.shapes else ""


def _standing(thing: Thing, owner: str | None, called: str, now: datetime) -> Standing:
    at = now.isoformat()
    finding = thing.finding
    return Standing(
        thing.key, owner, called, thing.severity, [thing.shape], thing.figure, finding.found, since=at, told_at=at,
        seen_at=at,
    )  # fmt: skip


def _escalation(known: Standing, thing: Thing, *, routes: Routes, now: datetime, ui: str | None) -> Iterator[Told]:
    """One step up: to the owner whom the route of the last one told names, once its nights are over."""
    severity: Severity = "failed" if thing.finding.is_critical else "warned"
    # A night is a day on which a run found it: two runs of one day are one.
    if now.date() > datetime.fromisoformat(known.last_night or known.told_at).date():
        known.nights += 1
        known.last_night = now.isoformat()
    last_told = known.escalated[-1] if known.escalated else known.owner
    steps = [route for route in routes.of(last_told, severity) if route.escalate_after_nights is not None]
    route = min(steps, key=lambda step: step.escalate_after_nights or 0, default=None)
    if route is None or known.nights - known.step_nights < (route.escalate_after_nights or 0):
        return
    if route.escalate_to in (known.owner, *known.escalated):
        return
    known.escalated.append(route.escalate_to)
    known.step_nights = known.nights
    mark = f"{thing.severity}, {known.nights} nights"
    item = _item(thing, ui, since=known.since, mark=mark, owner=known.called)
    yield Told("escalated", severity, route.escalate_to, routes.name_of(route.escalate_to), item)


def _item(thing: Thing, ui: str | None, *, since: str = "", mark: str = "", owner: str = "") -> Item:
    finding = thing.finding
    first, *others = thing.rows or (finding.found,)
    return Item(
        mark=mark or ("FAILED" if finding.is_critical else "warned"),
        title=finding.title,
        found=first,
        harm=finding.harm,
        rows=(*others, *finding.rows),
        remedy=finding.remedy,
        keeps=thing.keeps,
        owner=owner or finding.owner,
        since=since[:10],
        runbook=finding.runbook,
        link=links.check(ui, finding.asset, finding.check),
    )


def _parcels(told: list[Told], routes: Routes, now: datetime) -> list[Parcel]:
    parcels: dict[tuple[str, datetime | None, str], Parcel] = {}
    for one in told:
        for route in dict.fromkeys(routes.of(one.owner, one.severity)):
            is_fallback, waits = routes.is_fallback(route), route.waits_until(now)
            called = "" if is_fallback else one.called
            parcel = parcels.setdefault((route.variable, waits, called), Parcel(route, waits, called, is_fallback))
            if (one.reason, one.item) not in [(other.reason, other.item) for other in parcel.told]:
                parcel.told.append(one)
    return list(parcels.values())


def _message(parcel: Parcel, digest: Digest, *, ui: str | None, title: str, standing: list[Standing]) -> Message:
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
        title=title or (digest.title.replace("Touchstone", whose, 1) if parcel.is_fallback else _title(parcel, whose)),
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
