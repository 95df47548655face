"""What people do beside every sync: leads that sales types into the CRM, addresses that somebody corrects, lists of a
campaign that is gone.

Drawn for the whole horizon, before anything is cut, each kind from a stream of its own.
"""

import duckdb
import numpy as np

from orchestration.demo.clock import DAY
from orchestration.demo.parameters import HORIZON_DAYS
from orchestration.demo.store import put
from orchestration.demo.streams import salesforce_ids, stream
from orchestration.demo.world import World

HOUR = 3600
# Sales types in whom it met by the end of every second month; who came last is on its way to the MAP by then.
MONTHS_BETWEEN = 2
# The campaign of uploads that no extract of campaigns holds.
LOST_CAMPAIGN = 999_999


def derive(con: duckdb.DuckDBPyConnection, world: World) -> None:
    """Add to `crm_leads` those of `typed_leads`, whom the MAP has no lead of; create `corrected_addresses`, until when
    a mistyped one stood, and `lost_memberships`, of a campaign that is nowhere."""
    stack, seed, rates = world.parameters.stack, world.parameters.seed, world.parameters.faults
    count = len(world.people["account"])
    has_both = stack.has_map and stack.has_people and not stack.is_single
    _type_in(con, world, rate=rates.typed_in_crm * has_both)
    put(con, "hand_draws", {
        "person": np.arange(count),
        "corrects": stream(seed, "corrected addresses").random(count),
        "is_lost": stream(seed, "lost memberships").random(count) < rates.orphan_member,
    })  # fmt: skip
    con.execute(CORRECTED.format(rate=rates.corrected_address * stack.has_map))
    con.execute(LOST)
    members = con.sql("select * from lost_people order by person").to_arrow_table()
    put(con, "lost_memberships", {
        **{name: members[name] for name in members.column_names},
        "id": salesforce_ids("00v", LOST_CAMPAIGN * 100 + np.arange(len(members))),
        "campaign_id": salesforce_ids("701", np.full(len(members), LOST_CAMPAIGN)),
    })  # fmt: skip


def _type_in(con: duckdb.DuckDBPyConnection, world: World, *, rate: float) -> None:
    """Leads of people whom nothing made known, each by an address that is nobody else's."""
    clock, rng = world.clock, stream(world.parameters.seed, "typed into the CRM")
    count = len(world.people["account"])
    draw, second = rng.random(count), rng.integers(13 * HOUR, 20 * HOUR, count)
    found = con.execute(STRANGERS).fetchnumpy()["person"].astype(np.int64)
    typed = found[draw[found] < rate]
    typed = typed[np.argsort(draw[typed], kind="stable")]
    months = np.arange(0, clock.month[HORIZON_DAYS - 1], MONTHS_BETWEEN)
    last_day = np.array([np.flatnonzero(clock.month == month)[-1] for month in months])
    at = clock.epoch + last_day[np.arange(len(typed)) % len(months)] * DAY + second[typed]
    numbers = con.execute("select coalesce(max(crm), -1) + 1 from crm_leads").fetchall()[0][0] + np.arange(len(typed))
    put(con, "typed_leads", {"person": typed, "ts": at, "crm": numbers, "id": salesforce_ids("00Q", numbers)})
    con.execute("""
        insert into crm_leads by name
        select person, 0 as kind, ts as created_at, crm, -1 as winner, id from typed_leads
    """)


STRANGERS = """
    select person from people
    where known_at is null and role_mailbox is null and free_mail is null and not invalid_email
        and email in (select email from people group by email having count(*) = 1)
    order by person
"""

# The bounce tells that it was mistyped. Of who is in no CRM, so that no other record has another address meanwhile.
CORRECTED = """
    create macro mistyped(email) as 'x' || email;
    create table corrected_addresses as
    select person, min(m.ts) + 3 * 86400 as ts
    from mailings m join people p using (person) join hand_draws using (person)
    where m.is_bounced and p.role_mailbox is null and p.free_mail is null and not p.invalid_email
        and p.crm_at is null and corrects < {rate} and person not in (select person from map_leads where kind > 0)
    group by person
"""

LOST = """
    create table lost_people as
    select person, greatest(l.created_at, coalesce(p.crm_at, 0)) + 5 * 86400 as ts
    from map_leads l join people p using (person) join hand_draws using (person)
    where l.kind = 0 and l.deleted_at is null and is_lost
"""
