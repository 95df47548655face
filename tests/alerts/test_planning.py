"""What of a run is told whom, given what was told before: over hand-made digests, without a channel."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from orchestration.alerts import planning, routes, weekly
from orchestration.alerts.findings import ENDED, told_of
from orchestration.alerts.routes import Routes
from orchestration.alerts.state import State
from orchestration.digest import Digest
from orchestration.lineage import Failure
from orchestration.publication.report import Kept, Report, Unreached
from tests.alerts.conftest import NOW, Row, digest, finding, row, settings_of

DAY = timedelta(days=1)
WEB = "Web Analytics <web-analytics@example.com>"
Known = Callable[..., Routes]


@pytest.fixture
def known(tmp_path: Path, routed: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> Known:
    """The routes of some rows, whose variables hold a URL each but those named in `unset`."""

    def read(*rows: Row, fallback: str = "json://localhost", unset: tuple[str, ...] = ()) -> Routes:
        values = {one["variable"]: "json://localhost" for one in rows if one["variable"] not in unset}
        routed(*rows, **values)
        return routes.read(settings_of(tmp_path, *fallback.split()), today=NOW.date())

    return read


def nights(routes_known: Routes, *digests: Digest, state: State | None = None) -> list[list[tuple[str, str, str]]]:
    """(variable, reason, check) of all that each of the nights tells, one a day."""
    told, state = [], state or State()
    for number, said in enumerate(digests):
        before = state.last_id
        run = replace(said, run_id=f"run-{number}")
        state = planning.plan(state, run, routes=routes_known, now=NOW + number * DAY, ui=None)
        told.append(
            [
                (pending.variable, section.heading, item.title.removeprefix("marketo/leads: "))
                for pending in state.pending
                if pending.id > before
                for section in pending.message.sections
                for item in section.items
            ]
        )
    return told


def reasons(*digests: Digest, known: Known) -> list[list[str]]:
    return [[reason for _, reason, _ in night] for night in nights(known(), *digests)]


def test_a_second_unchanged_night_says_nothing_twice(known: Known) -> None:
    said = digest(finding(), finding("has_rows", failed=True))
    first, second, third = nights(known(), said, said, said)
    assert len(first) == 2
    assert second == third == []


def test_another_count_is_no_change_but_ten_times_as_much_is(known: Known) -> None:
    counts = [digest(finding(found=f"{count:,} of {count + 7:,} unexpected")) for count in (120, 121, 90, 900, 1_200)]
    assert reasons(*counts, known=known) == [["New"], [], [], [], ["Other than was told"]]


def test_another_text_is_told_once_however_often_it_comes_back(known: Known) -> None:
    texts = [digest(finding(found=text)) for text in ("1 of 2 unexpected", "no such table", "3 of 4 unexpected")]
    assert reasons(*texts, *texts, known=known) == [["New"], ["Other than was told"], [], [], [], []]


def test_a_quoted_value_is_no_other_text(known: Known) -> None:
    texts = [digest(finding(found=f"every file was rejected: '{name}' holds no rows")) for name in ("a.csv", "b.csv")]
    assert reasons(*texts, known=known) == [["New"], []]


def test_a_rise_of_the_severity_is_told_and_a_fall_eases(known: Known) -> None:
    warned, failed = digest(finding()), digest(finding(failed=True))
    told = reasons(warned, failed, failed, warned, warned, failed, known=known)
    assert told == [["New"], ["Worse than was told"], [], ["Passed again"], [], ["Worse than was told"]]


def test_what_passed_is_told_once_and_is_new_when_it_comes_back(known: Known) -> None:
    wrong, right = digest(finding()), digest(passed=("fresh",))
    assert reasons(wrong, right, right, wrong, known=known) == [["New"], ["Passed again"], [], ["New"]]


def test_what_was_not_judged_has_not_passed(known: Known) -> None:
    assert reasons(digest(finding()), digest(), digest(passed=("other",)), known=known) == [["New"], [], []]


def test_what_nobody_was_told_is_not_remembered_as_told(known: Known) -> None:
    said = digest(finding())
    state = planning.plan(State(), said, routes=known(fallback=""), now=NOW, ui=None)
    assert (state.standing, state.pending) == ({}, [])
    assert nights(known(), said, state=state) == [[("TOUCHSTONE_ALERT_URLS", "New", "fresh")]]


def test_a_check_that_no_run_judges_any_more_is_forgotten(known: Known) -> None:
    told = planning.plan(State(), digest(finding()), routes=known(), now=NOW, ui=None)
    kept = planning.plan(told, digest(run="b"), routes=known(), now=NOW + 29 * DAY, ui=None)
    gone = planning.plan(kept, digest(run="c"), routes=known(), now=NOW + 31 * DAY, ui=None)
    assert (len(kept.standing), len(gone.standing), len(gone.pending)) == (1, 0, 1)


def test_each_owner_gets_one_message_a_run_and_channel(known: Known) -> None:
    rows = (
        row("marketing_operations", "failed", "MOPS"), row("marketing_operations", "warned", "MOPS"),
        row("web_analytics", "warned", "WEB"), row("all", "failed", "OPS"),
    )  # fmt: skip
    said = digest(
        finding("a", failed=True), finding("b"), finding("c", owner=WEB), finding("d", owner=WEB, failed=True),
        finding("e", owner="Nobody Known <x@example.com>"),
    )  # fmt: skip
    state = planning.plan(State(), said, routes=known(*rows), now=NOW, ui=None)
    assert {
        (one.variable, one.message.owner): [item.title[-1] for item in one.message.items] for one in state.pending
    } == {
        ("MOPS", "Marketing Operations"): ["a", "b"],
        ("WEB", "Web Analytics"): ["c"],
        ("OPS", "Web Analytics"): ["d"],
        ("TOUCHSTONE_ALERT_URLS", ""): ["e"],
    }
    assert [one.message.title for one in state.pending if one.variable == "MOPS"] == [
        "Touchstone: Marketing Operations: 1 failed, 1 warned"
    ]


def test_a_row_whose_variable_is_not_set_takes_nothing(known: Known) -> None:
    rows = (row("marketing_operations", "warned", "MOPS"), row("all", "warned", "OPS"))
    assert nights(known(*rows, unset=("MOPS",)), digest(finding())) == [[("OPS", "New", "fresh")]]


def test_a_row_holds_from_its_first_day_until_before_its_end(known: Known) -> None:
    rows = (
        row("all", "warned", "OLD", valid_to="2026-06-03"), row("all", "warned", "NEXT", valid_from="2026-06-04"),
        row("all", "warned", "TODAY", valid_from="2026-06-03"),
    )  # fmt: skip
    assert nights(known(*rows), digest(finding())) == [[("TODAY", "New", "fresh")]]


def test_another_owner_is_told_of_what_is_theirs_now(known: Known) -> None:
    rows = (row("web_analytics", "warned", "WEB"), row("marketing_operations", "warned", "MOPS"))
    told = nights(known(*rows), digest(finding()), digest(finding(owner=WEB)))
    assert told == [[("MOPS", "New", "fresh")], [("WEB", "Other than was told", "fresh")]]


STEPS = (
    row("marketing_operations", "warned", "MOPS", escalate_after_nights="2", escalate_to="revenue_operations"),
    row("revenue_operations", "warned", "REVOPS", escalate_after_nights="1", escalate_to="finance"),
    row("finance", "warned", "FINANCE", escalate_after_nights="1", escalate_to="marketing_operations"),
)


def test_what_stands_is_escalated_once_a_step(known: Known) -> None:
    told = nights(known(*STEPS), *[digest(finding(found=f"{number} of 90 unexpected")) for number in range(3, 10)])
    assert told == [
        [("MOPS", "New", "fresh")], [], [("REVOPS", "Escalated to you", "fresh")],
        [("FINANCE", "Escalated to you", "fresh")], [], [], [],
    ]  # fmt: skip


def test_whoever_it_was_escalated_to_hears_that_it_has_passed(known: Known) -> None:
    rows = (*STEPS, row("revenue_operations", "recovered", "REVOPS"), row("marketing_operations", "recovered", "MOPS"))
    nights_of = [digest(finding())] * 3 + [digest(passed=("fresh",))]
    assert nights(known(*rows), *nights_of)[-1] == [
        ("MOPS", "Passed again", "fresh"),
        ("REVOPS", "Passed again", "fresh"),
    ]
    # Without rows for recoveries both are told in one message, once.
    assert nights(known(*STEPS), *nights_of)[-1] == [("TOUCHSTONE_ALERT_URLS", "Passed again", "fresh")]


def test_two_runs_of_one_day_are_one_night(known: Known) -> None:
    state = State()
    for hour in range(8):
        run = digest(finding(), run=f"run-{hour}")
        state = planning.plan(state, run, routes=known(*STEPS), now=NOW + timedelta(hours=hour), ui=None)
    assert [one.variable for one in state.pending] == ["MOPS"]


def test_what_gets_worse_begins_its_steps_anew(known: Known) -> None:
    rows = (*STEPS, *(row(one["owner"], "failed", one["variable"]) for one in STEPS))
    told = nights(
        known(*rows), digest(finding()), digest(finding()), digest(finding(failed=True)), digest(finding(failed=True))
    )
    assert told[2:] == [[("MOPS", "Worse than was told", "fresh")], []]


QUIET = {"quiet_from": "20:00", "quiet_to": "07:30", "time_zone": "Europe/Berlin"}


@pytest.mark.parametrize(
    ("hour", "severity", "ignores", "waits"),
    [
        (1, "warned", "false", "2026-06-03T05:30:00+00:00"),  # 03:00 in Berlin
        (19, "warned", "false", "2026-06-04T05:30:00+00:00"),  # 21:00
        (5, "warned", "false", "2026-06-03T05:30:00+00:00"),  # 07:00
        (6, "warned", "false", ""),  # 08:00
        (1, "failed", "false", "2026-06-03T05:30:00+00:00"),
        (1, "failed", "true", ""),
        (1, "warned", "true", "2026-06-03T05:30:00+00:00"),
    ],
)
def test_quiet_hours_hold_back_all_but_failures_whose_route_says_so(
    known: Known, hour: int, severity: str, ignores: str, waits: str
) -> None:
    rows = (row("all", severity, "OPS", **QUIET, ignores_quiet_hours=ignores),)
    said = digest(finding(failed=severity == "failed"))
    (pending,) = planning.plan(State(), said, routes=known(*rows), now=NOW.replace(hour=hour), ui=None).pending
    assert pending.not_before == waits


def test_quiet_hours_within_a_day(known: Known) -> None:
    rows = (row("all", "warned", "OPS", quiet_from="12:00", quiet_to="14:00", time_zone="UTC"),)
    (route,) = known(*rows).of(None, "warned")
    waits = [route.waits_until(NOW.replace(hour=hour)) for hour in (11, 12, 13, 14)]
    assert waits == [None, NOW.replace(hour=14), NOW.replace(hour=14), None]


def report(*kept: Kept, **others: object) -> Report:
    return Report(mart_count=3, kept=kept, **others)


CAUSE = Failure(
    "marketo/leads fresh", "1 of 2 unexpected", "Marketing Operations <marketing-operations@example.com>", "Do."
)
MODEL = Failure("dim_channels", "no column", "Data Engineering <data-engineering@example.com>", "Correct it.")


def test_marts_kept_back_are_told_with_their_cause_and_pass_when_they_are_published(known: Known) -> None:
    kept = report(Kept("fct_a", "2026-06-02", CAUSE), Kept("dim_channels", None, MODEL))
    things = told_of(digest(finding(failed=True), published=kept))
    assert [(thing.key, thing.keeps) for thing in things] == [
        ("kept back by dim_channels", ("dim_channels (absent)",)),
        ("marketo/leads: fresh", ("fct_a (as of 2026-06-02)",)),
    ]  # fmt: skip
    told = nights(
        known(), digest(finding(failed=True), published=kept), digest(published=None, is_success=True),
        digest(finding(failed=True), published=report()),
    )  # fmt: skip
    assert told[1:] == [[], [("TOUCHSTONE_ALERT_URLS", "Passed again", "kept back by dim_channels")]]


def test_a_target_that_was_not_reached_is_told(known: Known) -> None:
    lost = digest(published=report(unreached=Unreached("PostgreSQL", "no route to host")))
    told = nights(known(), lost, lost, digest(published=report()))
    assert [[check for _, _, check in night] for night in told] == [
        ["not reached: PostgreSQL"],
        [],
        ["not reached: PostgreSQL"],
    ]


def test_a_run_that_died_without_a_word_is_told_and_passes_with_the_next_publication(known: Known) -> None:
    died = digest(is_success=False)
    told = nights(known(), died, died, digest(published=report()))
    assert [[check for _, _, check in night] for night in told] == [[ENDED], [], [ENDED]]


def test_a_replay_is_told_whole_and_remembered_by_no_night(known: Known) -> None:
    tonight, earlier = (
        digest(finding()),
        digest(finding(), passed=("x",), published=report(replay="replays/2026-01-31")),
    )
    told = nights(known(), tonight, earlier, tonight)
    assert told == [[("TOUCHSTONE_ALERT_URLS", "New", "fresh")], [("TOUCHSTONE_ALERT_URLS", "New", "fresh")], []]
    state = planning.plan(State(), earlier, routes=known(), now=NOW, ui=None)
    assert state.standing == {}
    assert state.pending[0].message.title.startswith("Touchstone (REPLAY): published 3 of 3")


def test_a_simulated_company_says_so_to_each_owner(known: Known) -> None:
    said = digest(finding(), published=report(company="2,000 people"))
    both = (known(row("all", "warned", "OPS")), known())
    states = [planning.plan(State(), said, routes=one, now=NOW, ui=None) for one in both]
    assert [state.pending[0].message.title for state in states] == [
        "Touchstone (SIMULATED company): Marketing Operations: 1 warned",
        "Touchstone (SIMULATED company): published 3 of 3 marts, 0 failed, 1 warned",
    ]


def test_a_recovery_closes_an_incident_only_where_nothing_else_fails(known: Known) -> None:
    both = digest(finding("a", failed=True), finding("b", failed=True))
    state = planning.plan(State(), both, routes=known(), now=NOW, ui=None)
    state = planning.plan(
        state, digest(finding("b", failed=True), run="2", passed=("a",)), routes=known(), now=NOW, ui=None
    )
    state = planning.plan(state, digest(run="3", passed=("a", "b")), routes=known(), now=NOW, ui=None)
    assert [one.message.mood for one in state.pending] == ["failed", "said", "recovered"]
    assert len({one.message.thread for one in state.pending}) == 1


def week(state: State, routes_known: Routes, *, days: int, weekday: int = 1) -> State:
    return weekly.plan(state, routes=routes_known, now=NOW + days * DAY, weekday=weekday, zone="UTC")


def test_the_week_is_told_once_on_its_weekday_or_the_first_look_after_it(known: Known) -> None:
    state = planning.plan(State(), digest(finding(), finding("a")), routes=known(), now=NOW, ui=None)
    state.pending.clear()
    state = week(state, known(), days=0)
    assert state.pending == []  # the first week has just begun
    state = planning.plan(state, digest(finding(), run="2", passed=("a",)), routes=known(), now=NOW + DAY, ui=None)
    state.pending.clear()
    assert week(state, known(), days=4).pending == []  # Sunday
    for days in (6, 7):  # Monday's night was missed: Tuesday tells, Wednesday does not again
        state = week(state, known(), days=days)
        (told,) = state.pending
    assert told.message.title == "Touchstone, week of 2026-06-08: 1 stand, 2 came, 1 went"
    stands, moved = told.message.sections
    assert [(item.title, item.since) for item in stands.items] == [("marketo/leads: fresh", "2026-06-03")]
    assert [(item.mark, item.title, item.since) for item in moved.items] == [
        ("came", "marketo/leads: a", "2026-06-03"), ("came", "marketo/leads: fresh", "2026-06-03"),
        ("went", "marketo/leads: a", "2026-06-04"),
    ]  # fmt: skip
    state.pending.clear()
    (later,) = week(state, known(), days=12).pending
    assert later.message.title == "Touchstone, week of 2026-06-15: 1 stand"


def test_the_week_of_each_owner_goes_to_their_channel_and_a_quiet_one_is_not_told(known: Known) -> None:
    rows = (row("marketing_operations", "weekly", "MOPS"), row("web_analytics", "weekly", "WEB"))
    state = planning.plan(
        State(), digest(finding(), finding("w", owner=MODEL.owner)), routes=known(*rows), now=NOW, ui=None
    )
    state = week(week(state, known(*rows), days=0), known(*rows), days=5)
    assert [(one.variable, one.message.owner) for one in state.pending[1:]] == [
        ("MOPS", "Marketing Operations"), ("TOUCHSTONE_ALERT_URLS", ""),
    ]  # fmt: skip


def test_every_weekday_can_be_the_one() -> None:
    days = [weekly.begins(NOW, weekday=weekday, zone="UTC").isoformat() for weekday in range(1, 8)]
    assert days == [
        "2026-06-01", "2026-06-02", "2026-06-03", "2026-05-28", "2026-05-29", "2026-05-30", "2026-05-31",
    ]  # fmt: skip
    assert weekly.begins(NOW.replace(hour=23), weekday=4, zone="Asia/Tokyo").isoformat() == "2026-06-04"
