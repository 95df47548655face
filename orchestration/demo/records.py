"""Which records the systems hold of each person: leads, contacts, duplicates, merges, deletions, links.

In the MAP a person has one lead, plus a second one when a duplicate slipped in; the CRM gets a lead for each that
became an inquiry; a converted lead becomes a contact of its account.
"""

from dataclasses import dataclass

import numpy as np

from orchestration.demo.clock import DAY
from orchestration.demo.deals import Deals
from orchestration.demo.funnel import ORIGIN_SALES, Funnel
from orchestration.demo.journeys import NEVER, Journeys
from orchestration.demo.parameters import HORIZON_DAYS
from orchestration.demo.streams import Frame, rank, stream
from orchestration.demo.world import World

PRIMARY, EXACT, FUZZY = range(3)
# Fields that a missing or drifted value can hit, in the order of the codes.
BLANKABLE = ("title", "phone", "industry", "state", "company")
DRIFTABLE = ("title", "phone", "country", "company")


@dataclass
class Records:
    """map_leads: lead, person, kind, created_at, deleted_at, deleted_twice_at, merged_at, winner (lead), crm (-1)
    crm_leads: crm, person, kind, created_at, deleted_at, merged_at, winner (crm), double (linked by two leads)
    contacts: contact, person, at
    people: client-independent choices a person's records share
    """

    map_leads: Frame
    crm_leads: Frame
    contacts: Frame
    people: Frame


def keep(world: World, journeys: Journeys, funnel: Funnel, deals: Deals) -> Records:
    """Records of every known person, over the whole horizon."""
    horizon = world.clock.midnight(HORIZON_DAYS)
    known_at, crm_at = journeys.people["known_at"], funnel.people["crm_at"]
    known = known_at < horizon
    rng = stream(world.parameters.seed, "records")
    rates, count = world.parameters.faults, len(known_at)
    last = _last_act(journeys, count)
    # How the CRM follows the MAP, in minutes or not at all.
    lag = int(not world.parameters.stack.is_single)
    busy = np.zeros(count, dtype=bool)
    busy[funnel.passes["person"]] = True
    busy |= deals.people["converted_at"] < NEVER

    exact, second_at, double, merged_at = _duplicates(world, rng, known_at, crm_at, deals.people["converted_at"])
    has_second = second_at < NEVER
    merges = merged_at < NEVER

    idle = known & ~busy & ~has_second
    goes = idle & (rng.random(count) < world.parameters.deletion_share)
    gone_at = np.maximum(last, known_at) + rng.integers(10 * DAY, 60 * DAY, count)
    map_gone = np.where(goes, gone_at, NEVER)
    dangling = idle & ~goes & (crm_at < NEVER) & (rng.random(count) < rates.linked_to_deleted)
    crm_gone = np.where(goes & (crm_at < gone_at), gone_at + 300 * lag, np.where(dangling, gone_at, NEVER))
    twice = goes & (rng.random(count) < rates.deleted_twice)

    people = _blemishes(world, rng, known, crm_at < NEVER)
    # One fault at a time: by another address or phone a duplicate would be none, and a dangling link has no other side.
    people["drift"] = np.where(has_second | dangling, -1, people["drift"])
    people["email_changed"] &= ~has_second & ~dangling
    people |= {"orphan_merge": merges & (rng.random(count) < rates.merge_orphan), "dangling": dangling}

    # What sales entered comes to the MAP minutes later; one system in both parts has it at once.
    from_sales = (journeys.people["origin"] == ORIGIN_SALES) & (not world.parameters.stack.is_single)
    primary_at = known_at + np.where(from_sales, rng.integers(200, 700, count), 0)
    first, second = np.flatnonzero(known), np.flatnonzero(has_second)
    leads = {
        "person": np.concatenate([first, second]),
        "kind": np.concatenate([np.zeros(len(first), int), np.where(exact[second], EXACT, FUZZY)]),
        "created_at": np.concatenate([primary_at[first], second_at[second]]),
        "merged_at": np.concatenate([np.full(len(first), NEVER), merged_at[second]]),
        "deleted_at": np.concatenate([map_gone[first], np.full(len(second), NEVER)]),
    }
    leads["deleted_twice_at"] = np.where(twice[leads["person"]], leads["deleted_at"] + 3 * DAY + 7, NEVER)
    leads["lead"] = 1_000_001 + rank(leads["created_at"])
    lead_of = np.zeros(count, dtype=np.int64)
    lead_of[first] = leads["lead"][: len(first)]
    leads["winner"] = np.where(leads["merged_at"] < NEVER, lead_of[leads["person"]], -1)

    synced = np.flatnonzero(known & (crm_at < horizon))
    own = second[~double[second]]
    crm = {
        "person": np.concatenate([synced, own]),
        "kind": np.concatenate([np.zeros(len(synced), int), np.where(exact[own], EXACT, FUZZY)]),
        "created_at": np.concatenate([crm_at[synced], second_at[own] + 240 * lag]),
        "merged_at": np.concatenate(
            [np.full(len(synced), NEVER), merged_at[own] + np.where(merged_at[own] < NEVER, 120 * lag, 0)]
        ),
        "deleted_at": np.concatenate([crm_gone[synced], np.full(len(own), NEVER)]),
    }
    crm["crm"] = rank(crm["created_at"])
    crm_of = np.full((count, 2), -1)
    crm_of[synced, 0] = crm["crm"][: len(synced)]
    crm_of[own, 1] = crm["crm"][len(synced) :]
    crm["winner"] = np.where(crm["merged_at"] < NEVER, crm_of[crm["person"], 0], -1)
    is_second = leads["kind"] != PRIMARY
    leads["crm"] = np.where(
        is_second & ~double[leads["person"]], crm_of[leads["person"], 1], crm_of[leads["person"], 0]
    )
    leads["is_double"] = is_second & double[leads["person"]]
    # Moment from which the MAP shows the CRM's id: a minute after both exist.
    crm_created = np.full(len(crm["crm"]) + 1, NEVER)
    crm_created[crm["crm"]] = crm["created_at"]
    leads["linked_at"] = np.where(
        leads["crm"] >= 0, np.maximum(crm_created[leads["crm"]], leads["created_at"]) + 60, NEVER
    )

    return Records(leads, crm, _contacts(deals, crm_at, horizon), people)


def _duplicates(
    world: World, rng: np.random.Generator, known_at: np.ndarray, crm_at: np.ndarray, converted_at: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Per person: whether a duplicate is exact, when it appears, if it shares the CRM's lead, when it is merged."""
    horizon, rates, count = world.clock.midnight(HORIZON_DAYS), world.parameters.faults, len(known_at)
    draw = rng.random(count)
    exact = draw < rates.duplicate_exact
    fuzzy = ~exact & (draw < rates.duplicate_exact + rates.duplicate_fuzzy)
    second_at = known_at + rng.integers(5 * DAY, 90 * DAY, count)
    exists = (known_at < horizon) & (exact | fuzzy) & (second_at < horizon) & (crm_at < second_at - DAY)
    double = exists & exact & (rng.random(count) < rates.double_linked)
    merges = exists & ~double & (rng.random(count) < np.where(exact, 0.5, 0.15))
    merged_at = second_at + rng.integers(10 * DAY, 60 * DAY, count)
    # A converted lead can't be merged any more.
    merges &= merged_at < converted_at
    return exact, np.where(exists, second_at, NEVER), double, np.where(merges, merged_at, NEVER)


def _contacts(deals: Deals, crm_at: np.ndarray, horizon: int) -> Frame:
    person = np.flatnonzero((deals.people["converted_at"] < horizon) & (crm_at < horizon))
    at = deals.people["converted_at"][person]
    return {"person": person, "at": at, "contact": rank(at)}


def _blemishes(world: World, rng: np.random.Generator, known: np.ndarray, synced: np.ndarray) -> Frame:
    """Per person which value is missing, drifted, unreadable or hostile; codes are -1 where none."""
    rates, count = world.parameters.faults, len(known)
    blank = np.where(known & (rng.random(count) < rates.missing_field), rng.integers(0, len(BLANKABLE), count), -1)
    drifts = synced & (rng.random(count) < rates.field_drift) & (blank < 0)
    return {
        "blank": blank,
        "drift": np.where(drifts, rng.integers(0, len(DRIFTABLE), count), -1),
        "email_changed": synced & (rng.random(count) < rates.email_changed),
        "injection": known & (rng.random(count) < rates.spreadsheet_injection),
        "stage_mismatch": rng.random(count) < rates.stage_mismatch,
        "unreadable": known & (rng.random(count) < rates.unreadable_cell),
    }


def _last_act(journeys: Journeys, count: int) -> np.ndarray:
    """Latest instant at which a person did or got anything."""
    last = np.zeros(count, dtype=np.int64)
    sources = (
        (journeys.sessions["person"], journeys.sessions["at"] + 7200),
        (journeys.mailings["person"], journeys.mailings["at"] + 8 * DAY),
        (journeys.seats["person"], np.maximum(journeys.seats["registered_at"], journeys.seats["attended_at"]) + 7200),
        (journeys.booths["person"], journeys.booths["at"] + 7200),
    )
    for person, at in sources:
        np.maximum.at(last, person, at)
    return last
