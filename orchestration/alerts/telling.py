"""A run is told of: planned, remembered, sent, and what hindered it said to whoever looks at the night."""

import csv
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

import dagster as dg

from orchestration import contracts
from orchestration.alerts import planning, routes, weekly
from orchestration.alerts.routes import Routes
from orchestration.alerts.sending import SECONDS, Sent, deliver
from orchestration.alerts.state import Busy, Pending, State, Unreadable, held, load, save
from orchestration.digest import EDITOR, POLICY, Digest, Finding, read_digest
from orchestration.policy.findings import Finding as Fault
from orchestration.policy.findings import listed
from orchestration.quality.tally import Tally
from orchestration.settings import Settings

NOT_ALL = "Not everybody was alerted: "


def tell(
    instance: dg.DagsterInstance, run: dg.DagsterRun, *, settings: Settings, now: datetime | None = None
) -> str | None:
    """Tell of `run`, once, and of what waits; returns what hindered it, where the caller goes on.

    A headless run calls this itself, a sensor for runs of the daemon; the state in `alerts/` keeps them from telling
    twice.
    """
    return _tell(settings, now, run_id=run.run_id, read=lambda: read_digest(instance, run))


def tell_of_policy(findings: Sequence[Fault], *, settings: Settings, now: datetime | None = None) -> str | None:
    """Tell that a night did not begin, and all that is wrong with the policy; returns what hindered it."""
    found = "\n".join(listed(findings))
    fault = Finding(EDITOR, POLICY, is_critical=True, found=found)
    digest = Digest(run_id="", is_success=False, findings=(fault,), missing=(), checks=Tally())
    title = f"Touchstone: nothing was read or published, faults of the policy: {len(findings)}"
    return _tell(settings, now, run_id="", read=lambda: digest, title=title)


def tell_waiting(*, settings: Settings, now: datetime | None = None) -> str | None:
    """Send what waited for the end of quiet hours or for its receiver, and the week's digest where it is due."""
    return _tell(settings, now)


def routes_of(settings: Settings, *, now: datetime) -> tuple[Routes, str]:
    """The routes of today, and why only TOUCHSTONE_ALERT_URLS is left where the seed can't be read."""
    try:
        return routes.read(settings, today=contracts.reporting_day(now)), ""
    except (ValueError, KeyError, OSError, csv.Error):
        why = f"seeds/{routes.SEED}.csv can't be read, so all goes to {routes.FALLBACK}; run `make check`"
        return routes.fallback_only(settings), why


def _tell(
    settings: Settings,
    now: datetime | None,
    *,
    run_id: str | None = None,
    read: Callable[[], Digest] | None = None,
    title: str = "",
) -> str | None:
    at = now or datetime.now(UTC)
    known, why = routes_of(settings, now=at)
    if known.reaches_nobody and not (settings.alerts / "state.json").exists():
        return None
    said = [why] if why else []
    try:
        with held(settings.alerts):
            state = _loaded(settings, said)
            before = state
            if read is not None and (not run_id or run_id not in state.runs):
                state = planning.plan(state, read(), routes=known, now=at, ui=settings.ui_url, title=title)
            policy = contracts.policy()
            state = weekly.plan(
                state, routes=known, now=at, weekday=policy["alert_weekday"], zone=settings.schedule_timezone
            )
            if state is not before:
                _kept(state, settings, said)
            said += send_due(state, settings, now=at, kept_days=policy["alert_days"])
    except (Busy, OSError) as error:
        said.append(str(error))
    return NOT_ALL + "; ".join(said) if said else None


def _loaded(settings: Settings, said: list[str]) -> State:
    try:
        return load(settings.alerts)
    except Unreadable as error:
        said.append(str(error))
        return State()


def _kept(state: State, settings: Settings, said: list[str]) -> None:
    """Keep the state; where the disk refuses, what is to be told goes out all the same, and again next time."""
    try:
        save(state, settings.alerts)
    except OSError as error:
        said.append(f"{settings.alerts} can't be written ({error.strerror}), so all of this is told again")


def send_due(state: State, settings: Settings, *, now: datetime, kept_days: int, seconds: float = SECONDS) -> list[str]:
    """Send what is due of `state`, the oldest first, keep what did not arrive, and say what that is.

    Each delivery is written down before the next, so that a killed process tells again at most what it was telling.
    """
    by_id = {pending.id: pending for pending in state.pending if _is_due(pending, now)}
    waiting: dict[str, tuple[str, list]] = {}
    said: list[str] = []
    for pending in by_id.values():
        urls = routes.urls(pending.variable, settings)
        if pending.entry > len(urls):
            pending.tries, pending.because = pending.tries + 1, "it is not set any more"
        else:
            waiting.setdefault(name_of(pending), (urls[pending.entry - 1], []))[1].append((pending.id, pending.message))

    def told(sent: Sent) -> None:
        pending = by_id[sent.id]
        pending.tries, pending.because = pending.tries + 1, sent.because
        if not sent.because:
            state.pending.remove(pending)
            _kept(state, settings, said)

    if waiting:
        deliver(waiting, told, seconds=seconds)
    old = [p for p in state.pending if now - datetime.fromisoformat(p.created_at) > timedelta(days=kept_days)]
    given_up = [pending for pending in old if pending.because]
    state.pending = [pending for pending in state.pending if pending not in given_up]
    if by_id:
        _kept(state, settings, said)
    said += _unreached([p for p in state.pending if p.id in by_id and p.because])
    said += [
        f"{name_of(p)} was given up after {kept_days} days ({p.because}): {p.message.title!r} of {p.created_at[:10]}"
        for p in given_up
    ]
    return list(dict.fromkeys(said))


def name_of(pending: Pending) -> str:
    """A channel as people may read it: its variable, never its URL."""
    return pending.variable if pending.entry == 1 else f"{pending.variable} entry {pending.entry}"


def _is_due(pending: Pending, now: datetime) -> bool:
    return not pending.not_before or datetime.fromisoformat(pending.not_before) <= now


def _unreached(left: Sequence[Pending]) -> Iterator[str]:
    """One line a channel: why, how many messages wait, and what the oldest is of."""
    for name in sorted({name_of(pending) for pending in left}):
        kept = [pending for pending in left if name_of(pending) == name]
        count = "1 message waits" if len(kept) == 1 else f"{len(kept)} messages wait"
        oldest = f"the oldest of {kept[0].created_at[:10]}: {kept[0].message.title!r}"
        yield f"{name} was not reached ({kept[-1].because}); {count}, {oldest}, sent again next time"
