"""What marketing and sales make of it: scores, MQLs, routing, acceptance, qualification, recycling and re-entry."""

from dataclasses import dataclass

import numpy as np

from orchestration.demo.clock import DAY
from orchestration.demo.journeys import (
    APART,
    ATTENDED_POINTS,
    BOOTH_POINTS,
    CLICK_POINTS,
    DEMO,
    FORM_POINTS,
    NEVER,
    VISIT_POINTS,
    Journeys,
    dress,
)
from orchestration.demo.parameters import CHANNEL, HORIZON_DAYS
from orchestration.demo.streams import Frame, choose, group_rank, logistic, stream, within_group
from orchestration.demo.world import World

HOUR = 3_600
# Where a pass through the funnel stands at the end.
WAITING, WORKING, DISQUALIFIED, RECYCLED, QUALIFIED, CONVERTED, WITH_OPPORTUNITY = range(7)
# How routing went.
ROUTED, NO_OWNER, INACTIVE_OWNER, WRONG_TERRITORY, OWNER_CHURN, LATE_ASSIGNMENT = range(6)
PROMPT, LATE, UNTOUCHED, BEFORE_MQL = range(4)
ORIGIN_SALES = 3


@dataclass
class Funnel:
    """Scores and passes.

    scores: person, at, points, total (engagement after it), kind (0 visit, 1 form, 2 click, 3 webinar, 4 event)
    people: crm_at (NEVER when the CRM never gets the lead), sync (0 in time, 1 late, 2 lost)
    passes: person, number, mql_at, assigned_at, owner, routing, touch_at, promptness, working_at, outcome,
        outcome_at, reason, qualified_at, converted_at, engagement (points at the MQL); NEVER where it did not happen
    """

    scores: Frame
    people: Frame
    passes: Frame


def run(world: World, journeys: Journeys) -> Funnel:
    """Score, route and work every lead; re-entries add their visit to `journeys.sessions`."""
    scores = _scores(world, journeys)
    mql_at, engagement = _first_crossing(world, journeys, scores)
    people = _synchronise(world, journeys, mql_at)
    first = _work(world, people, np.flatnonzero(_enters(world, journeys, people, mql_at)), mql_at, engagement, number=1)
    again = _returns(world, journeys, first)
    _append_visits(world, journeys, again)
    # For someone sales had found, the request is the first thing they asked for themselves.
    np.minimum.at(journeys.people["inquiry_at"], again["person"], again["at"])
    later_mql = np.full(len(mql_at), NEVER)
    later_mql[again["person"]] = again["at"] + 2
    scores = _scores(world, journeys)
    engagement[again["person"]] = _total_at(world, scores, again["person"], again["at"])
    second = _work(world, people, again["person"], later_mql, engagement, number=2)
    passes = {name: np.concatenate([first[name], second[name]]) for name in first}
    order = np.lexsort((passes["number"], passes["person"]))
    return Funnel(scores, people, {name: column[order] for name, column in passes.items()})


def _scores(world: World, journeys: Journeys) -> Frame:
    """Every scored act of a known person, in order, with the running total."""
    sessions, seats, booths, mailings = journeys.sessions, journeys.seats, journeys.booths, journeys.mailings
    form, came, clicked = sessions["form"] >= 0, seats["attended_at"] >= 0, mailings["clicked_at"] >= 0
    parts = (
        (sessions["person"], sessions["at"] + 60, np.full(len(form), VISIT_POINTS), 0),
        (sessions["person"][form], sessions["at"][form], FORM_POINTS[sessions["form"][form]], 1),
        (mailings["person"][clicked], mailings["clicked_at"][clicked], np.full(clicked.sum(), CLICK_POINTS), 2),
        (seats["person"][came], seats["attended_at"][came], np.full(came.sum(), ATTENDED_POINTS), 3),
        (booths["person"], booths["at"], np.full(len(booths["at"]), BOOTH_POINTS), 4),
    )
    person, at, points = (np.concatenate([part[column] for part in parts]) for column in range(3))
    kind = np.repeat(np.arange(5), [len(part[0]) for part in parts])
    counts = at >= journeys.people["known_at"][person]
    person, at, points, kind = person[counts], at[counts], points[counts], kind[counts]
    order = np.lexsort((kind, at, person))
    person, at, points, kind = person[order], at[order], points[order], kind[order]
    running = np.cumsum(points)
    begins = np.concatenate([[True], person[1:] != person[:-1]])
    before = (running - points)[begins]
    total = running - np.repeat(before, np.diff(np.append(np.flatnonzero(begins), len(person))))
    return {"person": person, "at": at, "points": points, "total": total, "kind": kind}


def _total_at(world: World, scores: Frame, person: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Engagement of people who have acted, at their instants."""
    span = world.clock.days * DAY * 2
    acts = scores["person"] * span + scores["at"] - world.clock.epoch
    return scores["total"][np.searchsorted(acts, person * span + at - world.clock.epoch, side="right") - 1]


def _first_crossing(world: World, journeys: Journeys, scores: Frame) -> tuple[np.ndarray, np.ndarray]:
    """Per person when fit and engagement first reach the threshold, and the engagement then."""
    person = scores["person"]
    rows = np.flatnonzero(scores["total"] + world.people["fit"][person] >= world.parameters.mql_threshold)
    who, first = np.unique(person[rows], return_index=True)
    mql_at = np.full(len(world.people["fit"]), NEVER)
    engagement = np.zeros(len(mql_at), dtype=np.int64)
    mql_at[who] = scores["at"][rows[first]] + 2
    engagement[who] = scores["total"][rows[first]]
    # What sales found itself is sales' own: marketing does not hand it over again.
    mql_at[journeys.people["origin"] == ORIGIN_SALES] = NEVER
    return mql_at, engagement


def _synchronise(world: World, journeys: Journeys, mql_at: np.ndarray) -> Frame:
    """When the CRM gets each lead: at the inquiry or the MQL, minutes later, a day late, or never."""
    if not world.parameters.stack.has_map:
        return {"crm_at": journeys.people["known_at"], "sync": np.zeros(len(mql_at), dtype=np.int64)}
    rates = world.parameters.faults
    rng = stream(world.parameters.seed, "sync")
    count = len(mql_at)
    known, sales = journeys.people["known_at"], journeys.people["origin"] == ORIGIN_SALES
    due = np.where(sales, known, np.minimum(journeys.people["inquiry_at"], mql_at))
    draw = rng.random(count)
    lost = (draw < rates.sync_loss) & ~sales
    if not world.parameters.stack.has_vendor_sync and not world.parameters.stack.is_single:
        # A flow that matches by e-mail leaves out what names nobody.
        lost |= world.people["invalid_email"] | (world.people["role_mailbox"] >= 0)
    late = (draw > 1 - rates.sync_lag * 1.5) & ~sales & (mql_at - due > 4 * DAY)
    lag = np.where(late, rng.integers(30 * HOUR, 84 * HOUR, count), rng.integers(60, 900, count))
    crm_at = np.where(sales, known, due + lag)
    crm_at = np.where(lost | (due >= NEVER), NEVER, crm_at)
    return {"crm_at": crm_at, "sync": np.where(due >= NEVER, 0, np.where(lost, 2, np.where(late, 1, 0)))}


def _enters(world: World, journeys: Journeys, people: Frame, mql_at: np.ndarray) -> np.ndarray:
    """Who goes through the funnel at all: MQLs, and what sales entered."""
    horizon = world.clock.midnight(HORIZON_DAYS)
    sales = (journeys.people["origin"] == ORIGIN_SALES) & (journeys.people["known_at"] < horizon)
    return (mql_at < horizon) | sales


def _work(
    world: World, people: Frame, person: np.ndarray, mql_at: np.ndarray, engagement: np.ndarray, *, number: int
) -> Frame:
    """One pass: routing, first touch, acceptance, qualification, conversion."""
    parameters, clock = world.parameters, world.clock
    rng = stream(parameters.seed, f"pass {number}")
    mql, crm_at = mql_at[person], people["crm_at"][person]
    order = np.argsort(np.minimum(mql, crm_at), kind="stable")
    person, mql, crm_at = person[order], mql[order], crm_at[order]
    count = len(person)
    by_sales, lost = mql >= NEVER, crm_at >= NEVER
    region = world.people["region"][person]
    routing = _routing(world, rng, by_sales | lost)
    owner = _owners(world, region, routing, rng)
    owner_region = np.where(routing == NO_OWNER, region, world.staff["region"][owner])
    ready = np.maximum(np.where(by_sales, crm_at, mql), np.where(lost, 0, crm_at))
    delay = np.minimum(np.exp(rng.normal(5.5, 0.9, count)), 2400).astype(np.int64) + 20
    delay = np.where(routing == LATE_ASSIGNMENT, rng.integers(3 * DAY, 6 * DAY, count), delay)
    # Sales owns what it entered, a second later: no two changes of a lead share an instant.
    delay = np.where(by_sales, 1, delay)
    assigned = np.where((routing == NO_OWNER) | lost, NEVER, ready + delay)
    promptness = choose(
        rng,
        (
            1 - parameters.faults.sla_breach - parameters.faults.sla_untouched,
            parameters.faults.sla_breach,
            parameters.faults.sla_untouched,
        ),
        count,
    )
    promptness = np.where(by_sales, PROMPT, promptness)
    promptness = np.where(lost | np.isin(routing, (NO_OWNER, INACTIVE_OWNER)), UNTOUCHED, promptness)
    worked = np.minimum(np.exp(rng.normal(7.6, 0.8, count)), 1.8 * HOUR)
    worked = np.where(promptness == LATE, rng.integers(24 * HOUR, 60 * HOUR, count), worked)
    touch = clock.after_work(np.where(assigned >= NEVER, clock.epoch, assigned), owner_region, worked)
    early = (rng.random(count) < parameters.faults.negative_interval * 4) & (crm_at < mql - 3 * DAY) & (number == 1)
    early &= (promptness == PROMPT) & (routing == ROUTED) & ~by_sales
    promptness = np.where(early, BEFORE_MQL, promptness)
    touch = np.where(early, mql - rng.integers(HOUR, 20 * HOUR, count), touch)
    touch = np.where(promptness == UNTOUCHED, NEVER, touch)
    frame = {
        "person": person,
        "number": np.full(count, number),
        "mql_at": mql,
        "assigned_at": assigned,
        "owner": owner,
        "owner_region": owner_region,
        "routing": routing,
        "touch_at": touch,
        "promptness": promptness,
        "engagement": engagement[person],
    }
    return {**frame, **_judge(world, rng, frame)}


def _routing(world: World, rng: np.random.Generator, exempt: np.ndarray) -> np.ndarray:
    rates = world.parameters.faults
    shares = np.array(
        [
            rates.routing_no_owner,
            rates.routing_inactive_owner,
            rates.routing_wrong_territory,
            rates.routing_owner_churn,
            rates.routing_late_assignment,
        ]
    )
    return np.where(exempt, ROUTED, choose(rng, np.concatenate([[1 - shares.sum()], shares]), len(exempt)))


def _owners(world: World, region: np.ndarray, routing: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Round robin over the active people of the territory; faults take another."""
    staff = world.staff
    served = np.where(routing == WRONG_TERRITORY, (region + 1) % 3, region)
    turn = group_rank(served, np.arange(len(region)))
    owner = np.empty(len(region), dtype=np.int64)
    for code in range(3):
        active = np.flatnonzero((staff["region"] == code) & (staff["kind"] == 0) & (staff["left_day"] < 0))
        gone = np.flatnonzero((staff["region"] == code) & (staff["left_day"] >= 0))
        queue = np.flatnonzero((staff["region"] == code) & (staff["kind"] == 1))
        rows = served == code
        owner[rows] = active[turn[rows] % len(active)]
        owner[rows & (routing == INACTIVE_OWNER)] = gone[0]
        owner[rows & (routing == NO_OWNER)] = queue[0]
    return owner


def _judge(world: World, rng: np.random.Generator, frame: Frame) -> Frame:
    """Acceptance, qualification, conversion: likelier the better the fit and the engagement."""
    parameters, clock = world.parameters, world.clock
    count, touch, region = len(frame["person"]), frame["touch_at"], frame["owner_region"]
    # What sales does with an MQL comes after it, even where the first task is dated before.
    handed = np.where(frame["mql_at"] >= NEVER, touch, np.maximum(touch, frame["mql_at"]))
    base = np.where(touch >= NEVER, clock.epoch, handed)
    quality = 0.075 * (world.people["fit"][frame["person"]] - 30) + 0.03 * (np.minimum(frame["engagement"], 130) - 50)
    quality = quality + rng.normal(0, 0.5, count)
    quality = np.where(frame["mql_at"] >= NEVER, quality - 0.4, quality)
    touched = touch < NEVER
    accepted = touched & (rng.random(count) < logistic(parameters.acceptance_log_odds + 0.6 * quality))
    qualified = accepted & (rng.random(count) < logistic(parameters.qualification_log_odds + quality))
    converted = qualified & (rng.random(count) < 0.95)
    with_deal = converted & (rng.random(count) < parameters.opportunity_share)
    turned_down = rng.random(count)
    working_at = np.where(accepted, base + rng.integers(300, 1800, count), NEVER)
    weighed = clock.after_work(base, region, rng.integers(HOUR, 16 * HOUR, count))
    days = np.minimum(np.exp(rng.normal(1.75, 0.8, count)), 60)
    qualified_at = clock.after_work(
        base + 1800 + (days * DAY).astype(np.int64), region, rng.integers(60, 3 * HOUR, count)
    )
    converted_at = clock.after_work(qualified_at, region, rng.integers(600, 16 * HOUR, count))
    given_up = clock.after_work(base + rng.integers(10, 45, count) * DAY, region, rng.integers(60, 3 * HOUR, count))
    outcome = np.full(count, WAITING)
    outcome[touched & ~accepted] = np.where(turned_down < 0.55, DISQUALIFIED, RECYCLED)[touched & ~accepted]
    idle = np.where(turned_down < 0.6, RECYCLED, np.where(turned_down < 0.82, DISQUALIFIED, WORKING))
    outcome[accepted & ~qualified] = idle[accepted & ~qualified]
    outcome[qualified] = QUALIFIED
    outcome[converted] = CONVERTED
    outcome[with_deal] = WITH_OPPORTUNITY
    ended = np.isin(outcome, (DISQUALIFIED, RECYCLED))
    return {
        "working_at": working_at,
        "outcome": outcome,
        "outcome_at": np.where(ended, np.where(accepted, given_up, weighed), NEVER),
        "reason": np.where(
            outcome == DISQUALIFIED,
            rng.integers(0, 5, count),
            np.where(outcome == RECYCLED, rng.integers(0, 3, count), -1),
        ),
        "qualified_at": np.where(qualified, qualified_at, NEVER),
        "converted_at": np.where(converted, converted_at, NEVER),
    }


def _returns(world: World, journeys: Journeys, passes: Frame) -> Frame:
    """Recycled people who come back with a request for a demo, well apart from their other visits."""
    rng = stream(world.parameters.seed, "returns")
    rows = np.flatnonzero(passes["outcome"] == RECYCLED)
    rows = rows[rng.random(len(rows)) < world.parameters.recycled_return_share]
    person = passes["person"][rows]
    day = world.clock.day_of(passes["outcome_at"][rows]) + rng.integers(30, 150, len(rows))
    at = world.clock.waking(rng, np.minimum(day, world.clock.days - 1), world.people["region"][person])
    sessions = journeys.sessions
    span = world.clock.days * DAY * 2
    taken = np.sort(sessions["person"] * span + sessions["at"] - world.clock.epoch)
    wanted = person * span + at - world.clock.epoch
    near = np.searchsorted(taken, wanted + APART) - np.searchsorted(taken, wanted - APART)
    keep = (near == 0) & (at < world.clock.midnight(HORIZON_DAYS))
    return {"person": person[keep], "at": at[keep]}


def _append_visits(world: World, journeys: Journeys, again: Frame) -> None:
    person, at = again["person"], again["at"]
    channel = np.where(within_group(np.array([len(person)])) % 3 == 0, CHANNEL["paid_search"], CHANNEL["direct"])
    region, quarter = world.people["region"][person], world.clock.quarter[world.clock.day_of(at)]
    visits = {
        "person": person,
        "at": at,
        "channel": channel,
        "campaign": world.campaigns.lookup[channel, region, quarter, 0],
        "form": np.full(len(person), DEMO),
        "mailing": np.full(len(person), -1),
    }
    visits = dress(world, visits, "returns")
    joined = {name: np.concatenate([journeys.sessions[name], visits[name]]) for name in visits}
    order = np.lexsort((joined["at"], joined["person"]))
    journeys.sessions = {name: column[order] for name, column in joined.items()}
