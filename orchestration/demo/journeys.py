"""What people do: visits, forms, mailings, webinars, events; and from when on they are known.

One person's visits lie on distinct days; visits from mailings that would fall together with another are dropped, so
that a session in truth is a session under the 30-minute rule.
"""

from dataclasses import dataclass

import numpy as np

from orchestration.demo.clock import DAY
from orchestration.demo.parameters import CHANNEL, CHANNELS, HORIZON_DAYS
from orchestration.demo.streams import Frame, choose, stream, within_group
from orchestration.demo.trials import Outcome, Trials
from orchestration.demo.world import World

NEVER = np.int64(2**60)
CONTENT, NEWSLETTER, DEMO, WEBINAR = range(4)
FORM_SHARES = (0.58, 0.20, 0.22)
FORM_POINTS = np.array([15, 5, 40, 15])
VISIT_POINTS, CLICK_POINTS, ATTENDED_POINTS, BOOTH_POINTS = 2, 6, 20, 12
APART = 5_400
SECONDS_A_PAGE, SECONDS_A_FORM = 35, 10


@dataclass
class Journeys:
    """Sessions, mailings, webinar seats, event visits, and per person the instants of becoming known.

    sessions: person, at, channel, campaign (-1 none), form (-1 none), client (0 or 1), pages, mailing (-1: nobody
        clicked in one)
    mailings: person, campaign, at, opened_at, clicked_at (-1 none), is_bounced
    seats: person, campaign, registered_at, attended_at (-1 not attended)
    booths: person, campaign, at
    people: known_at, inquiry_at, origin (0 form, 1 event, 2 list import, 3 sales), opt_out_at, resubscribed_at; NEVER
        when not
    trials: what came of each experiment
    """

    sessions: Frame
    mailings: Frame
    seats: Frame
    booths: Frame
    people: Frame
    form_lift: np.ndarray
    trials: list[Outcome]


def live(world: World) -> Journeys:
    """Everything people do on their own account, before sales acts."""
    every, trials = _visits(world), Trials(world)
    base = trials.held_back(every)
    form_lift = np.bincount(base["channel"], base.pop("gain"), minlength=len(CHANNELS))
    booths = _booths(world)
    first_form = _first_form(world, base)
    imported, prospected = _imports(world), _prospected(world)
    first_booth = _first(booths["person"], booths["at"], len(first_form))
    reached = np.stack([first_form, first_booth, imported, prospected])
    known_at, origin = reached.min(axis=0), reached.argmin(axis=0)
    outcomes = []
    for trial in trials.lots:
        without = _first_form(world, trials.held_back(every, all_of=trial))
        known_without = np.minimum(without, reached[1:].min(axis=0))
        outcomes.append(trials.outcome(trial, known_at=known_at, known_without=known_without))
    mailings, opt_out_at, resubscribed_at = _mailings(world, known_at)
    seats, seat_visits = _webinars(world, known_at)
    sessions = _merge(world, base, _clicks(world, mailings), seat_visits)
    # A seat whose form was dropped with its visit was never taken.
    forms = sessions["form"] >= 0
    taken = _contains(sessions["person"][forms], sessions["at"][forms], seats["person"], seats["registered_at"])
    seats = {name: column[taken] for name, column in seats.items()}
    inquiry_at = np.minimum(_first(sessions["person"][forms], sessions["at"][forms], len(known_at)), first_booth)
    people = {
        "known_at": known_at, "inquiry_at": inquiry_at, "origin": origin, "opt_out_at": opt_out_at,
        "resubscribed_at": resubscribed_at,
    }  # fmt: skip
    return Journeys(sessions, mailings, seats, booths, people, form_lift, outcomes)


def _visits(world: World) -> Frame:
    """Visits that nobody mailed for, by person and instant; `gain` is the forms that its channel's effect brought."""
    parameters, clock, people = world.parameters, world.clock, world.people
    rng = stream(parameters.seed, "visits")
    extra = rng.poisson(parameters.mean_extra_visits * np.exp(0.6 * people["intent"] - 0.18))
    sizes = np.minimum(extra, 39) + 1
    person = np.repeat(np.arange(len(sizes)), sizes)
    position = within_group(sizes)
    gap = np.where(position == 0, 0, 1 + np.minimum(np.exp(rng.normal(1.9, 1.25, len(person))), 300).astype(np.int64))
    walked = np.cumsum(gap)
    starts = np.cumsum(sizes) - sizes
    day = people["arrival"][person] + walked - np.repeat(walked[starts], sizes)
    region = people["region"][person]
    # Three of four weekend visits wait for Monday.
    weekday = clock.weekday[np.minimum(day, clock.days - 1)]
    day = day + np.where((weekday >= 5) & (rng.random(len(day)) < 0.75), 7 - weekday, 0)
    repeated = np.concatenate([[False], (person[1:] == person[:-1]) & (day[1:] <= day[:-1])])
    keep = (day < HORIZON_DAYS) & ~repeated
    person, position, day, region = person[keep], position[keep], day[keep], region[keep]
    first = choose(rng, [channel.first_share for channel in CHANNELS], len(day))
    later = choose(rng, [channel.later_share for channel in CHANNELS], len(day))
    channel = np.where(position == 0, first, later)
    asked = stream(parameters.seed, "assistants").random(len(day)) < parameters.assistant_share
    channel = np.where(asked & (channel == CHANNEL["organic_search"]), CHANNEL["ai_assistant"], channel)
    topic = choose(rng, (0.5, 0.3, 0.2), len(day))
    effect = np.array([entry.inquiry_effect for entry in CHANNELS])[channel]
    odds = parameters.form_rate / (1 - parameters.form_rate) * effect * np.exp(0.45 * people["intent"][person])
    fills = rng.random(len(day)) < odds / (1 + odds)
    at = clock.waking(rng, day, region)
    visits = {
        "person": person,
        "at": at,
        "channel": channel,
        "campaign": world.campaigns.lookup[channel, region, clock.quarter[day], topic],
        "form": np.where(fills, choose(rng, FORM_SHARES, len(day)), -1),
        "mailing": np.full(len(day), -1),
    }
    inside = (at >= clock.epoch) & (at < clock.midnight(HORIZON_DAYS))
    plain = odds / effect
    counted = inside & (at < clock.midnight(parameters.last_day + 1))
    visits["gain"] = (odds / (1 + odds) - plain / (1 + plain)) * counted
    return {name: column[inside] for name, column in visits.items()}


def _booths(world: World) -> Frame:
    """People whose badge is scanned at their region's event."""
    rng = stream(world.parameters.seed, "booths")
    lookup = world.campaigns.lookup[CHANNEL["event"], :, :, 0]
    person = np.flatnonzero(rng.random(len(world.people["region"])) < world.parameters.event_share)
    campaign = lookup[world.people["region"][person], rng.integers(0, lookup.shape[1], len(person))]
    held = world.campaigns.columns["held_day"][campaign]
    at = world.clock.local(held, world.people["region"][person], rng.integers(9 * 3600, 17 * 3600, len(person)))
    order = np.lexsort((at, person))
    return {"person": person[order], "campaign": campaign[order], "at": at[order]}


def _imports(world: World) -> np.ndarray:
    """When a bought or partner list brought the person in; lists come on a few days, a spike each."""
    rng = stream(world.parameters.seed, "imports")
    count = len(world.people["region"])
    days = np.sort(
        rng.choice(
            np.flatnonzero(world.clock.is_open[0, : HORIZON_DAYS - 60]),
            world.parameters.faults.volume_spike,
            replace=False,
        )
    )
    when = world.clock.midnight(days)[rng.integers(0, len(days), count)] + 10 * 3600 + rng.integers(0, 900, count)
    return np.where(rng.random(count) < world.parameters.import_share, when, NEVER)


def _prospected(world: World) -> np.ndarray:
    """When a sales person entered the lead on their own."""
    rng = stream(world.parameters.seed, "prospects")
    people = world.people
    count = len(people["region"])
    at = world.clock.local(
        rng.integers(0, HORIZON_DAYS, count), people["region"], rng.integers(9 * 3600, 16 * 3600, count)
    )
    at = world.clock.after_work(at, people["region"], np.full(count, 60))
    return np.where(rng.random(count) < world.parameters.outbound_share, at, NEVER)


def _mailings(world: World, known_at: np.ndarray) -> tuple[Frame, np.ndarray, np.ndarray]:
    """A mailing a month per region to the known, while they have not opted out; and per person the instants of opting
    out and of taking that back."""
    parameters, clock, people = world.parameters, world.clock, world.people
    rng = stream(parameters.seed, "mailings")
    person = np.flatnonzero(known_at < clock.midnight(HORIZON_DAYS))
    months = clock.month[:HORIZON_DAYS].max() + 1
    send_day = np.array([np.flatnonzero((clock.month == month) & (clock.weekday == 1))[1] for month in range(months)])
    month = clock.month[np.clip(clock.day_of(known_at[person]), 0, HORIZON_DAYS - 1)][:, None] + 1
    month = month + np.arange(parameters.mailings_per_person)[None, :]
    sent = (month < months) & (rng.random(month.shape) < 0.8)
    row, _ = np.nonzero(sent)
    month = month[sent]
    who = person[row]
    region = people["region"][who]
    day = send_day[month]
    at = clock.local(day, region, 10 * 3600 + rng.integers(0, 600, len(who)))
    opens = rng.random(len(who)) < parameters.open_rate
    opened = at + np.minimum(np.exp(rng.normal(9.0, 1.6, len(who))), 6 * DAY).astype(np.int64) + 20
    clicks = rng.random(len(who)) < parameters.click_rate / parameters.open_rate * np.exp(0.5 * people["intent"][who])
    bounced = people["invalid_email"][who] | (rng.random(len(who)) < 0.005)
    opens &= ~bounced
    clicks &= opens
    leaves = (rng.random(len(who)) < parameters.opt_out_rate) & ~bounced
    out_at = np.where(leaves, opened + 30, NEVER)
    opt_out_at = np.full(len(known_at), NEVER)
    np.minimum.at(opt_out_at, who, out_at)
    comeback = stream(parameters.seed, "resubscriptions")
    returns = comeback.random(len(known_at)) < parameters.faults.resubscription
    days = comeback.integers(20 * DAY, 60 * DAY, len(known_at))
    resubscribed_at = np.where(returns & (opt_out_at < NEVER), opt_out_at + days, NEVER)
    late = (at > opt_out_at[who]) & (at < resubscribed_at[who])
    # A few are mailed again although they opted out: a breach of consent, and rare.
    breach = late & (rng.random(len(who)) < parameters.faults.mail_after_opt_out)
    topic = rng.integers(0, 2, len(who))
    frame = {
        "person": who,
        "campaign": world.campaigns.lookup[CHANNEL["email"], region, clock.quarter[day], topic],
        "at": at,
        "opened_at": np.where(opens & ~breach, opened, -1),
        "clicked_at": np.where(clicks & ~breach, opened + rng.integers(5, 240, len(who)), -1),
        "is_bounced": bounced,
        "is_breach": breach,
    }
    keep = ~late | breach
    return {name: column[keep] for name, column in frame.items()}, opt_out_at, resubscribed_at


def _webinars(world: World, known_at: np.ndarray) -> tuple[Frame, Frame]:
    """Seats taken by known people, and the visits on which they took them."""
    parameters, clock, people = world.parameters, world.clock, world.people
    rng = stream(parameters.seed, "webinars")
    columns = world.campaigns.columns
    parts = []
    for campaign in np.flatnonzero(columns["channel"] == CHANNEL["webinar"]):
        region, held = columns["region"][campaign], columns["held_day"][campaign]
        opens = clock.midnight(held - 14)
        invited = np.flatnonzero((people["region"] == region) & (known_at < opens - DAY))
        rate = parameters.webinar_registration_rate * np.exp(0.5 * people["intent"][invited] - 0.125)
        who = invited[rng.random(len(invited)) < rate]
        at = clock.waking(rng, held - rng.integers(1, 14, len(who)), people["region"][who])
        begins = clock.local(np.full(len(who), held), people["region"][who], 14 * 3600)
        comes = rng.random(len(who)) < parameters.webinar_attendance_rate
        joined = begins + rng.integers(-120, 1200, len(who))
        parts.append((who, np.full(len(who), campaign), at, np.where(comes, joined, -1)))
    person, campaign, registered, attended = (np.concatenate(part) for part in zip(*parts, strict=True))
    seats = {"person": person, "campaign": campaign, "registered_at": registered, "attended_at": attended}
    visits = {
        "person": person,
        "at": registered,
        "channel": np.full(len(person), CHANNEL["email"]),
        "campaign": campaign,
        "form": np.full(len(person), WEBINAR),
        "mailing": np.full(len(person), -1),
    }
    return seats, visits


def _clicks(world: World, mailings: Frame) -> Frame:
    """The visit behind each click in a mailing; some end in a form."""
    rng = stream(world.parameters.seed, "clicks")
    rows = np.flatnonzero(mailings["clicked_at"] >= 0)
    return {
        "person": mailings["person"][rows],
        "at": mailings["clicked_at"][rows] + rng.integers(3, 12, len(rows)),
        "channel": np.full(len(rows), CHANNEL["email"]),
        "campaign": mailings["campaign"][rows],
        "form": np.where(rng.random(len(rows)) < 0.14, choose(rng, (0.8, 0.0, 0.2), len(rows)), -1),
        "mailing": rows,
    }


def _merge(world: World, base: Frame, *others: Frame) -> Frame:
    """All visits in order of person and instant, without the mailed ones that stand too close to another."""
    frames = [base, *others]
    joined = {name: np.concatenate([frame[name] for frame in frames]) for name in base}
    is_base = np.arange(len(joined["at"])) < len(base["at"])
    order = np.lexsort((joined["at"], joined["person"]))
    joined = {name: column[order] for name, column in joined.items()}
    is_base = is_base[order]
    same = joined["person"][1:] == joined["person"][:-1]
    close = same & (joined["at"][1:] - joined["at"][:-1] < APART)
    crowded = np.concatenate([[False], close]) | np.concatenate([close, [False]])
    inside = (joined["at"] >= world.clock.epoch) & (joined["at"] < world.clock.midnight(HORIZON_DAYS))
    keep = (is_base | ~crowded) & inside
    return dress(world, {name: column[keep] for name, column in joined.items()}, "sessions")


def dress(world: World, sessions: Frame, subject: str) -> Frame:
    """Sessions with the browser and the number of pages."""
    rng = stream(world.parameters.seed, f"dress {subject}")
    count = len(sessions["at"])
    owners = (
        stream(world.parameters.seed, "browsers").random(len(world.people["account"]))
        < world.parameters.second_client_share
    )
    second = owners[sessions["person"]] & (rng.random(count) < 0.35)
    pages = 1 + np.minimum(rng.geometric(0.45, count) - 1, 11)
    pages = np.maximum(pages, (sessions["form"] >= 0) + 1)
    # A visit with a form is dated by the form: one that a click opened begins with the click.
    waits = (sessions["mailing"] >= 0) & (sessions["form"] >= 0)
    return {
        **sessions,
        "at": sessions["at"] + np.where(waits, SECONDS_A_PAGE * pages + SECONDS_A_FORM, 0),
        "client": sessions["person"] * 2 + second,
        "pages": pages,
    }


def _first_form(world: World, visits: Frame) -> np.ndarray:
    """Instant of each person's first form among the visits."""
    fills = visits["form"] >= 0
    return _first(visits["person"][fills], visits["at"][fills], len(world.people["account"]))


def _first(person: np.ndarray, at: np.ndarray, count: int) -> np.ndarray:
    """Earliest instant per person, NEVER without one."""
    earliest = np.full(count, NEVER)
    np.minimum.at(earliest, person, at)
    return earliest


def _contains(person: np.ndarray, at: np.ndarray, sought_person: np.ndarray, sought_at: np.ndarray) -> np.ndarray:
    """Whether each sought (person, instant) is among those given."""
    low = min(at.min(initial=0), sought_at.min(initial=0))
    span = max(at.max(initial=0), sought_at.max(initial=0)) - low + 1
    return np.isin(sought_person * span + sought_at - low, person * span + at - low)
