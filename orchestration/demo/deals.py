"""Opportunities: who is on them, their stages, amounts, currencies, and whether channels helped to win them."""

from dataclasses import dataclass

import numpy as np

from orchestration.demo.clock import DAY
from orchestration.demo.funnel import CONVERTED, WITH_OPPORTUNITY, Funnel
from orchestration.demo.journeys import NEVER, Journeys
from orchestration.demo.parameters import CHANNELS, HORIZON_DAYS
from orchestration.demo.streams import Frame, choose, logistic, stream
from orchestration.demo.vocabulary import COUNTRIES, CURRENCIES
from orchestration.demo.world import World

STAGES = ("Pending Acceptance", "Discovery", "Proposal", "Negotiation", "Closed Won", "Closed Lost")
PROBABILITIES = (5, 20, 50, 75, 100, 0)
PENDING, DISCOVERY, PROPOSAL, NEGOTIATION, WON, LOST = range(6)
ROLES = ("Decision Maker", "Evaluator", "Influencer", "Economic Buyer")
SAME_DEAL = 120 * DAY


@dataclass
class Deals:
    """Opportunities and what hangs on them.

    opportunities: account, person (who created it), owner, created_at, accepted_at, closed_at, is_won, loss_reason,
        currency, deleted_at; NEVER where it did not happen
    stages: opportunity, at, stage, amount (in its currency), close_day (expected, then actual)
    roles: opportunity, person, at, role, is_primary
    rates: currency, month, rate (units per US dollar)
    people: converted_at, opportunity (-1), buying_group (converted for another's opportunity), is_late (its close
        was before)
    lift: per channel, wins and won money expected by the last day that its effect alone brought
    """

    opportunities: Frame
    stages: Frame
    roles: Frame
    rates: Frame
    people: Frame
    lift: dict[str, np.ndarray]


def strike(world: World, journeys: Journeys, funnel: Funnel) -> Deals:
    """Opportunities of the converted leads."""
    rates = _rates(world)
    passes = funnel.passes
    count = len(world.people["account"])
    converted_at, opportunity = np.full(count, NEVER), np.full(count, -1)
    rows = np.flatnonzero(
        (passes["outcome"] == WITH_OPPORTUNITY) & (passes["converted_at"] < world.clock.midnight(HORIZON_DAYS))
    )
    account = world.people["account"][passes["person"][rows]]
    rows = rows[np.lexsort((passes["converted_at"][rows], account))]
    account, at = world.people["account"][passes["person"][rows]], passes["converted_at"][rows]
    opens = np.concatenate([[True], (account[1:] != account[:-1]) | (at[1:] - at[:-1] > SAME_DEAL)])[: len(rows)]
    opportunities, lift = _opportunities(world, journeys, passes, rows[opens], rates)
    number = np.cumsum(opens) - 1
    # Whoever converts once the deal is under way is a contact of the account, without a role on it.
    joins = opens | (at < opportunities["accepted_at"][number] - 3600)
    passes["outcome"][rows[~joins]] = CONVERTED
    everyone = np.flatnonzero(passes["converted_at"] < NEVER)
    converted_at[passes["person"][everyone]] = passes["converted_at"][everyone]
    opportunity[passes["person"][rows[joins]]] = number[joins]
    group = _buying_group(world, funnel, opportunities, converted_at)
    converted_at[group["person"]] = group["at"]
    opportunity[group["person"]] = group["opportunity"]
    late = _latecomers(world, funnel, opportunities, converted_at)
    converted_at[late["person"]] = late["at"]
    opportunity[late["person"]] = late["opportunity"]
    member, is_late = np.zeros(count, dtype=bool), np.zeros(count, dtype=bool)
    member[group["person"]] = member[late["person"]] = is_late[late["person"]] = True
    roles = _roles(world, opportunities, opportunity, converted_at)
    people = {"converted_at": converted_at, "opportunity": opportunity, "buying_group": member, "is_late": is_late}
    return Deals(opportunities, _stages(world, opportunities, rates), roles, rates, people, lift)


def _rates(world: World) -> Frame:
    """Monthly rates, a slow random walk from the starting rate."""
    rng = stream(world.parameters.seed, "rates")
    months = int(world.clock.month[world.clock.days - 1]) + 1
    walk = np.cumsum(rng.normal(0, 0.012, (len(CURRENCIES), months)), axis=1)
    start = np.array(list(CURRENCIES.values()))
    rate = np.round(start[:, None] * np.exp(walk), 6)
    rate[0] = 1.0
    return {
        "currency": np.repeat(np.arange(len(CURRENCIES)), months),
        "month": np.tile(np.arange(months), len(CURRENCIES)),
        "rate": rate.ravel(),
        "table": rate,
    }


def _opportunities(
    world: World, journeys: Journeys, passes: Frame, rows: np.ndarray, rates: Frame
) -> tuple[Frame, dict[str, np.ndarray]]:
    parameters, clock = world.parameters, world.clock
    rng = stream(parameters.seed, "deals")
    count, person, created = len(rows), passes["person"][rows], passes["converted_at"][rows]
    account, region = world.people["account"][person], passes["owner_region"][rows]
    touches = _touches_before(world, journeys, account, created)
    effects = np.array([channel.win_effect for channel in CHANNELS])
    gains = effects * np.log1p(touches)
    lean = parameters.win_log_odds + 0.03 * (world.people["fit"][person] - 30) + gains.sum(axis=1)
    chance = logistic(lean)
    is_won = rng.random(count) < chance
    stuck = rng.random(count) < parameters.pending_stuck_share
    accepted = clock.after_work(created, region, rng.integers(2 * 3600, 40 * 3600, count))
    step = np.exp(rng.normal(np.log([13.0, 18.0, 14.0]), 0.6, (count, 3))) * np.where(is_won, 1.0, 0.9)[:, None]
    seconds = (np.minimum(step, 150) * DAY).astype(np.int64)
    reached = np.where(is_won, 3, choose(rng, (0.34, 0.36, 0.30), count) + 1)
    proposal = clock.after_work(accepted + seconds[:, 0], region, rng.integers(60, 7000, count))
    negotiation = clock.after_work(proposal + seconds[:, 1], region, rng.integers(60, 7000, count))
    closing = np.stack([proposal, negotiation, negotiation + seconds[:, 2]])[reached - 1, np.arange(count)]
    closed = clock.after_work(closing, region, rng.integers(60, 7000, count))
    country = world.accounts["country"][account]
    currency = np.array([list(CURRENCIES).index(entry[3]) for entry in COUNTRIES])[country]
    usd = np.exp(rng.normal(10.24, 0.7, count)) * (world.accounts["employees"][account] / 250) ** 0.3
    local = usd * rates["table"][currency, clock.month[np.minimum(clock.day_of(created), clock.days - 1)]]
    changes = np.where(rng.random((count, 2)) < [0.45, 0.30], np.exp(rng.normal(-0.05, 0.22, (count, 2))), 1.0)
    amount = np.maximum(
        np.round(local[:, None] * np.cumprod(np.column_stack([np.ones(count), changes]), axis=1) / 100) * 100, 500
    )
    deleted = stuck & (rng.random(count) < 0.3)
    final = (
        amount[np.arange(count), np.where(is_won, 2, reached - 1)]
        / rates["table"][currency, clock.month[np.minimum(clock.day_of(created), clock.days - 1)]]
    )
    without = chance[:, None] - logistic(lean[:, None] - gains)
    counted = (closed < clock.midnight(parameters.last_day + 1))[:, None] & ~stuck[:, None]
    lift = {"wins": (without * counted).sum(axis=0), "won_usd": (without * final[:, None] * counted).sum(axis=0)}
    frame = {
        "account": account,
        "person": person,
        "owner": passes["owner"][rows],
        "created_at": created,
        "accepted_at": np.where(stuck, NEVER, accepted),
        "proposal_at": np.where(stuck | (reached < 2), NEVER, proposal),
        "negotiation_at": np.where(stuck | (reached < 3), NEVER, negotiation),
        "closed_at": np.where(stuck, NEVER, closed),
        "is_won": is_won & ~stuck,
        "loss_reason": np.where(~is_won & ~stuck, rng.integers(0, 4, count), -1),
        "currency": currency,
        "amount": amount[:, 0].astype(np.int64),
        "amount_proposal": amount[:, 1].astype(np.int64),
        "amount_negotiation": amount[:, 2].astype(np.int64),
        "deleted_at": np.where(deleted, created + rng.integers(20, 60, count) * DAY, NEVER),
    }
    return frame, lift


def _touches_before(world: World, journeys: Journeys, account: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Touches of each account over each channel before an instant, one row per deal."""
    sources = [(journeys.sessions["person"], journeys.sessions["at"], journeys.sessions["channel"])]
    came = journeys.seats["attended_at"] >= 0
    for frame, moment, rows in ((journeys.seats, "attended_at", came), (journeys.booths, "at", slice(None))):
        channel = world.campaigns.columns["channel"][frame["campaign"][rows]]
        sources.append((frame["person"][rows], frame[moment][rows], channel))
    person, when, channel = (np.concatenate([source[column] for source in sources]) for column in range(3))
    span = np.int64(world.clock.days * DAY * 2)
    keys = world.people["account"][person] * span + when - world.clock.epoch
    low, high = account * span, account * span + at - world.clock.epoch
    counts = np.empty((len(account), len(CHANNELS)))
    for code in range(len(CHANNELS)):
        ordered = np.sort(keys[channel == code])
        counts[:, code] = np.searchsorted(ordered, high) - np.searchsorted(ordered, low)
    return counts


def _buying_group(world: World, funnel: Funnel, opportunities: Frame, converted_at: np.ndarray) -> Frame:
    """Colleagues whom sales pulls into a deal before it is accepted: never MQLs, converted all the same."""
    rng = stream(world.parameters.seed, "buying group")
    person = _idle(world, funnel, converted_at)
    person = person[rng.random(len(person)) < 0.30]
    person, number = _next_opportunity(world, funnel, opportunities, person)
    created, accepted = opportunities["created_at"][number], opportunities["accepted_at"][number]
    fits = accepted < NEVER
    room = np.maximum(np.where(fits, accepted - created, 3600) - 1200, 60)
    at = created + 600 + (rng.random(len(person)) * room * 0.7).astype(np.int64)
    fits &= at < accepted - 300
    return {"person": person[fits], "opportunity": number[fits], "at": at[fits]}


def _latecomers(world: World, funnel: Funnel, opportunities: Frame, converted_at: np.ndarray) -> Frame:
    """Colleagues who are entered on an opportunity only when it is closed."""
    rng = stream(world.parameters.seed, "latecomers")
    person = _idle(world, funnel, converted_at)
    # Drawn before anybody is left out, so that one person's draw never depends on another's.
    draw, days = rng.random((2, len(converted_at)))
    person = person[draw[person] < world.parameters.faults.role_added_later]
    person, number = _next_opportunity(world, funnel, opportunities, person)
    at = opportunities["closed_at"][number] + ((3 + days[person] * 20) * DAY).astype(np.int64)
    fits = (opportunities["closed_at"][number] < NEVER) & (at < world.clock.midnight(HORIZON_DAYS))
    return {"person": person[fits], "opportunity": number[fits], "at": at[fits]}


def _idle(world: World, funnel: Funnel, converted_at: np.ndarray) -> np.ndarray:
    """People in the CRM whom sales has not worked."""
    crm_at = funnel.people["crm_at"]
    busy = np.zeros(len(crm_at), dtype=bool)
    busy[funnel.passes["person"]] = True
    return np.flatnonzero((crm_at < world.clock.midnight(HORIZON_DAYS)) & ~busy & (converted_at >= NEVER))


def _next_opportunity(
    world: World, funnel: Funnel, opportunities: Frame, person: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Those of the people whose account has an opportunity after they came to the CRM, and the first such one."""
    if not len(opportunities["account"]):
        return person[:0], person[:0]
    span = np.int64(world.clock.days * DAY * 2)
    keys = opportunities["account"] * span + opportunities["created_at"] - world.clock.epoch
    order = np.argsort(keys, kind="stable")
    wanted = world.people["account"][person] * span + funnel.people["crm_at"][person] - world.clock.epoch
    place = np.searchsorted(keys[order], wanted)
    number = order[np.minimum(place, len(order) - 1)]
    fits = (place < len(order)) & (opportunities["account"][number] == world.people["account"][person])
    return person[fits], number[fits]


def _roles(world: World, opportunities: Frame, opportunity: np.ndarray, converted_at: np.ndarray) -> Frame:
    rng = stream(world.parameters.seed, "roles")
    person = np.flatnonzero(opportunity >= 0)
    number = opportunity[person]
    primary = opportunities["person"][number] == person
    role = np.where(
        primary, choose(rng, (0.5, 0.4, 0.0, 0.1), len(person)), choose(rng, (0.1, 0.35, 0.4, 0.15), len(person))
    )
    return {"opportunity": number, "person": person, "at": converted_at[person], "role": role, "is_primary": primary}


def _stages(world: World, opportunities: Frame, rates: Frame) -> Frame:
    """Stage history: a row at each change, with the amount and the close date held from then on."""
    day = world.clock.day_of
    planned = day(opportunities["created_at"]) + 60
    replanned = day(opportunities["proposal_at"]) + 35
    close = day(opportunities["closed_at"])
    last = np.where(
        opportunities["negotiation_at"] < NEVER,
        opportunities["amount_negotiation"],
        np.where(opportunities["proposal_at"] < NEVER, opportunities["amount_proposal"], opportunities["amount"]),
    )
    steps = (
        ("created_at", np.full(len(planned), PENDING), opportunities["amount"], planned),
        ("accepted_at", np.full(len(planned), DISCOVERY), opportunities["amount"], planned),
        ("proposal_at", np.full(len(planned), PROPOSAL), opportunities["amount_proposal"], replanned),
        ("negotiation_at", np.full(len(planned), NEGOTIATION), opportunities["amount_negotiation"], replanned),
        ("closed_at", np.where(opportunities["is_won"], WON, LOST), last, close),
    )
    parts = []
    for moment, stage, amount, close_day in steps:
        rows = np.flatnonzero(opportunities[moment] < NEVER)
        parts.append((rows, opportunities[moment][rows], stage[rows], amount[rows], close_day[rows]))
    names = ("opportunity", "at", "stage", "amount", "close_day")
    frame = {name: np.concatenate([part[index] for part in parts]) for index, name in enumerate(names)}
    # A deal closed straight from discovery closes at the instant it would have moved on: one row, not two.
    order = np.lexsort((frame["at"], frame["opportunity"]))
    return {name: column[order] for name, column in frame.items()}
