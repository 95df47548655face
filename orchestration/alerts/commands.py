"""The command `alerts`: do channels work, who would be told what, what waits."""

import argparse
from collections.abc import Iterator
from copy import deepcopy
from datetime import UTC, datetime

import dagster as dg

from orchestration.alerts import planning, routes
from orchestration.alerts.messages import Item, Message, Section
from orchestration.alerts.rendering import lines, text
from orchestration.alerts.sending import Sent, deliver
from orchestration.alerts.state import State, Unreadable, load
from orchestration.alerts.telling import name_of, routes_of
from orchestration.automation import NIGHTLY
from orchestration.digest import read_digest
from orchestration.settings import Settings

WIDE = 100_000


def alerts(options: argparse.Namespace, settings: Settings, *, now: datetime | None = None) -> int:
    """Do what is asked; returns 0, or 1 where a channel was not reached, or there is none, or no night."""
    at = now or datetime.now(UTC)
    if options.test:
        return _test(settings, at)
    return _dry_run(settings, at) if options.dry_run else _pending(settings)


def _test(settings: Settings, now: datetime) -> int:
    known, why = routes_of(settings, now=now)
    if why:
        print(why)
    item = Item("warned", "touchstone/alerts: a_test", "this is a test: nothing is wrong", remedy="Nothing.")
    message = Message("Touchstone: a test of this channel", "said", "Touchstone: a test", (Section("Test", (item,)),))
    urls = {
        name if place == 1 else f"{name} entry {place}": url
        for name in known.entries
        for place, url in enumerate(routes.urls(name, settings), start=1)
    }
    ended: dict[int, Sent] = {}
    waiting = {name: (url, [(number, message)]) for number, (name, url) in enumerate(urls.items())}
    deliver(waiting, lambda sent: ended.update({sent.id: sent}))
    for number, name in enumerate(urls):
        print(f"{name}: {'not reached: ' + ended[number].because if ended[number].because else 'arrived'}")
    for name, count in known.entries.items():
        if not count:
            print(f"{name}: not set")
    return 0 if urls and not why and not any(sent.because for sent in ended.values()) else 1


def _dry_run(settings: Settings, now: datetime) -> int:
    known, why = routes_of(settings, now=now)
    if why:
        print(why)
    with dg.DagsterInstance.get() as instance:
        runs = instance.get_runs(dg.RunsFilter(job_name=NIGHTLY), limit=1)
        if not runs:
            print(f"No night was run in {settings.home} yet: `make nightly`")
            return 1
        digest = read_digest(instance, runs[0])
    if known.reaches_nobody:
        print(
            f"Nobody is told: no row of seeds/{routes.SEED}.csv and no {routes.FALLBACK} is set up; see docs/alerts.md"
        )
        return 1
    state = _state(settings)
    # As if this night had not been told of yet.
    is_last = bool(state.runs) and state.runs[-1] == digest.run_id
    start = State(standing=deepcopy(state.before if is_last else state.standing))
    after = planning.plan(start, digest, routes=known, now=now, ui=settings.ui_url)
    for pending in after.pending:
        when = f"waits until {pending.not_before}" if pending.not_before else "at once"
        print(f"To {name_of(pending)}, {when}: {lines.title(pending.message)}")
        print("\n".join(f"  {line}" for line in text.body(pending.message, limit=WIDE).splitlines()))
        print()
    stands = len(after.standing)
    print(f"Messages: {len(after.pending)}; findings that stand as told after them: {stands}. Nothing was sent.")
    return 0


def _pending(settings: Settings) -> int:
    state = _state(settings)
    for pending in state.pending:
        waits = f", waits until {pending.not_before}" if pending.not_before else ""
        tried = f", tries: {pending.tries}, {pending.because}" if pending.because else ""
        run = f" of run {pending.message.run_id}" if pending.message.run_id else ""
        print(f"To {name_of(pending)}, {pending.created_at[:16]}{waits}{tried}: {lines.title(pending.message)}{run}")
    print(f"Messages that wait: {len(state.pending)}")
    for line in _standing(state):
        print(line)
    print(f"Findings that stand as told: {len(state.standing)}")
    return 0


def _standing(state: State) -> Iterator[str]:
    ordered = sorted(state.standing.values(), key=lambda one: (one.severity != "failed", one.called, one.key))
    for one in ordered:
        escalated = f", escalated to {', '.join(one.escalated)}" if one.escalated else ""
        mark = "FAILED" if one.severity == "failed" else "warned"
        nights = "1 night" if one.nights == 1 else f"{one.nights} nights"
        since = f"since {one.since[:10]}, {nights} unchanged"
        yield f"{mark}  {one.key}, of {one.called}, {since}{escalated}"


def _state(settings: Settings) -> State:
    try:
        return load(settings.alerts)
    except Unreadable as error:
        print(error)
        return State()
