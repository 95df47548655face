"""Who is told what of a run, given what was told before: pure, so that a dry run and a night agree.

Told is what nobody was told yet, what got worse, what says another thing than was told, what has stood for as many
nights as its route waits before somebody else hears of it, and what has passed.
"""

from collections.abc import Iterator
from copy import deepcopy
from datetime import datetime, timedelta

from orchestration.alerts import links
from orchestration.alerts.findings import Thing, is_recovered, told_of
from orchestration.alerts.messages import Item, Severity
from orchestration.alerts.packing import Told, compose, parcels
from orchestration.alerts.routes import Routes
from orchestration.alerts.state import Change, Standing, State
from orchestration.digest import Digest

# The same finding is another one where its figure has grown so many times since it was told.
GROWN = 10
# What no run judges any more, of a table or check that is gone, is forgotten.
FORGOTTEN_AFTER = timedelta(days=30)
TEXTS_REMEMBERED = 10


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
    for parcel in parcels(told, routes, now):
        message = compose(parcel, digest, ui=ui, title=title, standing=standing)
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
