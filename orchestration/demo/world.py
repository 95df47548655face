"""The world before anybody acts: accounts, people, campaigns, sales staff."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from orchestration.demo.clock import Clock
from orchestration.demo.parameters import CHANNEL, CHANNELS, HORIZON_DAYS, Parameters
from orchestration.demo.streams import Frame, choose, group_rank, stream
from orchestration.demo.vocabulary import (
    COUNTRIES,
    CURRENCIES,
    FIRST_NAMES,
    FREE_MAIL,
    LAST_NAMES,
    REGION_SHARES,
    REGIONS,
    ROLE_MAILBOXES,
    SECTORS,
    SENIORITY_SHARES,
    SUFFIXES,
    SYLLABLES,
    TOPICS,
)

FIT_BY_SENIORITY = np.array([14, 16, 13, 8, 3])


@dataclass
class World:
    """Columns of each subject, as arrays; a row's position is its number."""

    parameters: Parameters
    clock: Clock
    accounts: Frame
    people: Frame
    campaigns: "Campaigns"
    staff: Frame


@dataclass
class Campaigns:
    """Campaigns, and `lookup[channel, region, quarter, topic]` -> number (-1: none runs there)."""

    columns: Frame
    names: list[str]
    lookup: np.ndarray


def build(parameters: Parameters) -> World:
    """Accounts, people, campaigns and staff of a company."""
    clock = Clock(parameters.start)
    accounts = _accounts(parameters)
    people = _people(parameters, accounts, clock)
    return World(parameters, clock, accounts, people, _campaigns(parameters, clock), _staff(parameters, clock))


def _accounts(parameters: Parameters) -> Frame:
    rng = stream(parameters.seed, "accounts")
    count = max(24, round(parameters.population / parameters.people_per_account))
    region = choose(rng, REGION_SHARES, count)
    country = np.empty(count, dtype=np.int64)
    for code in range(len(REGIONS)):
        options = [number for number, entry in enumerate(COUNTRIES) if entry[1] == code]
        rows = np.flatnonzero(region == code)
        country[rows] = np.array(options)[choose(rng, [COUNTRIES[number][2] for number in options], len(rows))]
    states = np.array([len(entry[4]) for entry in COUNTRIES])
    employees = np.clip(np.exp(rng.normal(5.5, 1.5, count)), 8, 120_000).round().astype(np.int64)
    parent = np.full(count, -1)
    children = np.flatnonzero((rng.random(count) < parameters.subsidiary_share) & (np.arange(count) > 10))
    elder = (rng.random(len(children)) * children * 0.5).astype(np.int64)
    # A parent is never itself a child: hierarchies of two levels are enough to tell a wrong roll-up.
    keep = ~np.isin(elder, children)
    parent[children[keep]] = elder[keep]
    return {
        "region": region,
        "country": country,
        "state": (rng.random(count) * states[country]).astype(np.int64),
        "employees": employees,
        "industry": choose(rng, (0.22, 0.18, 0.14, 0.12, 0.12, 0.08, 0.07, 0.07), count),
        "parent": parent,
        "name": _mixed(count, len(SYLLABLES) ** 3 * len(SECTORS), stride=7_368_787),
        "suffix": rng.integers(0, 4, count),
        "revenue": (employees * np.exp(rng.normal(12.0, 0.4, count)) / 1000).round().astype(np.int64) * 1000,
    }


def _mixed(count: int, space: int, *, stride: int) -> np.ndarray:
    """Distinct numbers below `space`, scattered; `stride` is a prime that does not divide it."""
    return (np.arange(count, dtype=np.int64) * stride + 4_242) % space


def account_names(accounts: Frame) -> tuple[pa.Array, pa.Array]:
    """Full names and domains; the domain is the name without its suffix, so that both identify the account."""
    code = accounts["name"]
    base = len(SYLLABLES)
    stems = np.array(SYLLABLES)
    stem = np.char.add(np.char.add(stems[code % base], stems[code // base % base]), stems[code // base**2 % base])
    sector = np.array(SECTORS)[code // base**3 % len(SECTORS)]
    suffix = np.array([SUFFIXES[region] for region in REGIONS])[accounts["region"], accounts["suffix"]]
    title = np.char.add(np.char.add(np.char.capitalize(stem), " "), sector)
    name = np.char.rstrip(np.char.add(np.char.add(title, " "), suffix))
    domain = np.char.add(np.char.add(stem, np.char.add("-", np.char.lower(sector))), ".example")
    return pa.array(name.tolist()), pa.array(domain.tolist())


def _people(parameters: Parameters, accounts: Frame, clock: Clock) -> Frame:
    rng = stream(parameters.seed, "people")
    count = parameters.population
    account = choose(rng, accounts["employees"] ** 0.45, count)
    region = accounts["region"][account]
    arrival = np.empty(count, dtype=np.int64)
    for code in range(len(REGIONS)):
        rows = np.flatnonzero(region == code)
        arrival[rows] = choose(rng, clock.demand[code, :HORIZON_DAYS], len(rows))
    # Names are distinct within an account, so that two people of one name at one firm are always one person twice.
    name = (account * 2_654_435_761 + group_rank(account, np.arange(count)) * 4_099) % (
        len(FIRST_NAMES) * len(LAST_NAMES)
    )
    seniority = choose(rng, SENIORITY_SHARES, count)
    function = choose(rng, (0.32, 0.24, 0.18, 0.12, 0.14), count)
    size_points = np.searchsorted((50, 200, 1000, 5000), accounts["employees"][account]) * 5
    industry_points = np.array([8, 6, 6, 4, 4, 3, 1, 3])[accounts["industry"][account]]
    fit = FIT_BY_SENIORITY[seniority] + size_points + industry_points + (function == 0) * 6
    return {
        "account": account,
        "region": region,
        "arrival": arrival,
        "first_name": name % len(FIRST_NAMES),
        "last_name": name // len(FIRST_NAMES),
        "seniority": seniority,
        "function": function,
        "fit": np.minimum(fit, 50),
        "intent": rng.normal(0.0, 1.0, count),
        "free_mail": np.where(
            rng.random(count) < parameters.free_mail_share, rng.integers(0, len(FREE_MAIL), count), -1
        ),
        "phone": rng.integers(2_000_000, 9_999_999, count),
        "refuses_cookies": rng.random(count) < parameters.cookie_refusal_share,
        "role_mailbox": _mailboxes(parameters, rng, account),
        "invalid_email": rng.random(count) < parameters.faults.invalid_email,
    }


def _mailboxes(parameters: Parameters, rng: np.random.Generator, account: np.ndarray) -> np.ndarray:
    """The role mailbox that a person writes from, -1 for none; HubSpot has each address on one contact only."""
    drawn = rng.random(len(account)) < parameters.faults.role_mailbox
    mailbox = np.where(drawn, rng.integers(0, len(ROLE_MAILBOXES), len(account)), -1)
    if "hubspot" in (parameters.stack.map_system, parameters.stack.crm_system):
        keys = np.where(mailbox >= 0, account * len(ROLE_MAILBOXES) + mailbox, -1 - np.arange(len(account)))
        is_first = np.zeros(len(account), dtype=bool)
        is_first[np.unique(keys, return_index=True)[1]] = True
        mailbox = np.where(is_first, mailbox, -1)
    return mailbox


def _campaigns(parameters: Parameters, clock: Clock) -> Campaigns:
    """Campaigns by channel, region, quarter and topic, named as the taxonomy wants them."""
    rng = stream(parameters.seed, "campaigns")
    quarters = int(clock.quarter[HORIZON_DAYS - 1]) + 1
    lookup = np.full((len(CHANNELS), len(REGIONS), quarters, len(TOPICS)), -1)
    topics = {"paid_search": 3, "email": 2, "linkedin": 2, "meta": 2}
    slugs = {
        "paid_search": "paid-search", "display": "display", "cross_network": "cross-network", "linkedin": "paid-social",
        "meta": "meta-social", "partner": "partner", "email": "email", "webinar": "webinar", "event": "event",
    }  # fmt: skip
    rows, names = [], []
    start_month = parameters.start.year * 12 + parameters.start.month - 1
    for quarter in range(quarters):
        days = np.flatnonzero(clock.quarter[:HORIZON_DAYS] == quarter)
        month = start_month + int(clock.month[days[0]])
        label = f"{month // 12}q{month % 12 // 3 + 1}"
        for slug_channel, slug in slugs.items():
            for region, region_name in enumerate(REGIONS):
                for topic in range(topics.get(slug_channel, 1)):
                    channel = CHANNEL[slug_channel]
                    lookup[channel, region, quarter, topic:] = len(rows)
                    is_ad = channel in AD_CHANNELS or slug_channel == "partner"
                    rows.append((channel, region, quarter, topic, days[0], days[-1], is_ad))
                    names.append(f"{region_name}_{slug}_{TOPICS[topic]}_{label}")
    columns = {key: np.array(values) for key, values in zip(CAMPAIGN_COLUMNS, zip(*rows, strict=True), strict=True)}
    columns["is_registered"] = ~(
        columns.pop("is_ad") & (rng.random(len(rows)) < parameters.faults.unregistered_campaign)
    )
    # A webinar or an event happens once, mid-quarter, on a Wednesday.
    held = np.minimum(columns["start_day"] + rng.integers(25, 55, len(rows)), columns["end_day"])
    held = held + (2 - clock.weekday[held])
    columns["held_day"] = np.where(held > columns["end_day"], held - 7, held)
    return Campaigns(columns, names, lookup)


CAMPAIGN_COLUMNS = ("channel", "region", "quarter", "topic", "start_day", "end_day", "is_ad")
AD_CHANNELS = frozenset(code for code, channel in enumerate(CHANNELS) if channel.platform)


def _staff(parameters: Parameters, clock: Clock) -> Frame:
    """Sales people by territory, then queues (one a region), then the integration user and a connector's."""
    rng = stream(parameters.seed, "staff")
    expected_mqls = parameters.population * 0.15
    per_region = [max(3, round(expected_mqls * share / 400)) for share in REGION_SHARES]
    region = np.repeat(np.arange(len(REGIONS)), per_region)
    left = np.full(len(region), -1)
    # The first of each territory has left: who still gets leads of his is a routing fault.
    firsts = np.cumsum(per_region) - np.array(per_region)
    left[firsts] = rng.integers(20, 60, len(firsts))
    extra = len(REGIONS) + 2
    return {
        "region": np.concatenate([region, np.arange(len(REGIONS)), [0, 0]]),
        "left_day": np.concatenate([left, np.full(extra, -1)]),
        "kind": np.concatenate([np.zeros(len(region), int), np.ones(len(REGIONS), int), [2, 3]]),
        "name": np.concatenate(
            [rng.permutation(len(FIRST_NAMES) * len(LAST_NAMES))[: len(region)], np.zeros(extra, int)]
        )
        if len(region) < len(FIRST_NAMES) * len(LAST_NAMES)
        else np.arange(len(region) + extra) % (len(FIRST_NAMES) * len(LAST_NAMES)),
    }


def currency_codes() -> list[str]:
    """ISO codes in the order that currency numbers follow."""
    return list(CURRENCIES)
