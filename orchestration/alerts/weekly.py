"""The week's digest of each owner: what stands and since when, what came and what went."""

from copy import deepcopy
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from orchestration.alerts.messages import Item, Message, Section
from orchestration.alerts.routes import Route, Routes
from orchestration.alerts.state import Change, Standing, State

WORDS = {"came": "came", "worse": "got worse", "went": "went"}


def begins(now: datetime, *, weekday: int, zone: str) -> date:
    """The last day, today included, that is the `weekday` (1 is Monday) of the digest."""
    today = now.astimezone(ZoneInfo(zone)).date()
    return today - timedelta(days=(today.isoweekday() - weekday) % 7)


def plan(state: State, *, routes: Routes, now: datetime, weekday: int, zone: str) -> State:
    """The state after the week's digests, where they are due: once a week, on its weekday or the first look after it.

    The first is due on the first such weekday after something was told at all.
    """
    day = begins(now, weekday=weekday, zone=zone).isoformat()
    if state.week == day or not (state.week or state.runs):
        return state
    after = deepcopy(state)
    after.week = day
    if state.week:
        for (route, called), (standing, changes) in _of_each(state, routes).items():
            message = _message(called, standing, changes, day=day)
            for entry in range(1, routes.entries[route.variable] + 1):
                after.put(route.variable, entry, message, now=now, not_before=route.waits_until(now))
        after.changes = []
    return after


def _of_each(state: State, routes: Routes) -> dict[tuple[Route, str], tuple[list[Standing], list[Change]]]:
    """What stands and what changed, by route and owner; by TOUCHSTONE_ALERT_URLS all of whom no route is."""
    found: dict[tuple[Route, str], tuple[list[Standing], list[Change]]] = {}
    for one in (*state.standing.values(), *state.changes):
        for route in routes.of(one.owner, "weekly"):
            key = (route, "" if routes.is_fallback(route) else one.called)
            standing, changes = found.setdefault(key, ([], []))
            if isinstance(one, Standing):
                standing.append(one)
            else:
                changes.append(one)
    return found


def _message(called: str, standing: list[Standing], changes: list[Change], *, day: str) -> Message:
    ordered = sorted(standing, key=lambda one: (one.severity != "failed", one.since, one.key))
    stands = tuple(
        Item(
            "FAILED" if one.severity == "failed" else "warned",
            one.key,
            one.found,
            owner=one.called,
            since=one.since[:10],
        )
        for one in ordered
    )
    moved = tuple(Item(WORDS[one.what], one.key, owner=one.called, since=one.at[:10]) for one in changes)
    counts = [f"{len(stands)} stand"]
    counts += [f"{count} {what}" for what in WORDS.values() if (count := sum(item.mark == what for item in moved))]
    sections = (Section("What stands", stands), Section("This week", moved))
    return Message(
        title=f"Touchstone, week of {day}: {f'{called}: ' if called else ''}{', '.join(counts)}",
        mood="said",
        thread=f"Touchstone, the week: {called or 'all owners'}",
        sections=tuple(section for section in sections if section.items),
        owner=called,
    )
