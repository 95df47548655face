"""Tables that several systems and the truth share: visits as tracked, identities as typed, stamps and statuses.

Everything is cut at the last day here, so that nothing behind it can leak into an extract.
"""

import duckdb
import numpy as np

from orchestration.demo import bills, by_hand, dirt, naming, quirks, sales, visits
from orchestration.demo.stacks import Stack
from orchestration.demo.store import put
from orchestration.demo.streams import stream
from orchestration.demo.world import World

# How a change that came over the MAP's own API is marked in its log.
API = "Web service API"
CUT_TABLES = {
    "sessions": "ts", "mailings": "ts", "scores": "ts", "map_leads": "created_at", "crm_leads": "created_at",
    "contacts": "ts", "crm_accounts": "created_at", "deals": "created_at", "deal_stages": "ts", "deal_roles": "ts",
    "seats": "registered_at", "booths": "ts", "lost_closings": "ts", "moved_deals": "ts", "merged_accounts": "ts",
    "merged_deals": "ts", "typed_leads": "ts", "lost_memberships": "ts", "reset_memberships": "ts",
    "cleared_stamps": "ts", "tablet_signins": "ts", "odd_stages": "ts",
}  # fmt: skip
CUT_INSTANTS = {
    "people": ("known_at", "inquiry_at", "opt_out_at", "resubscribed_at", "crm_at", "converted_at"),
    "map_leads": ("deleted_at", "deleted_twice_at", "merged_at", "linked_at"),
    "crm_leads": ("deleted_at", "merged_at"),
    "deals": ("accepted_at", "proposal_at", "negotiation_at", "closed_at", "deleted_at"),
    "passes": ("mql_at", "assigned_at", "touch_at", "working_at", "outcome_at", "qualified_at", "converted_at"),
    "mailings": ("opened_at", "clicked_at"),
    "seats": ("attended_at",),
    "deal_roles": ("removed_at",),
}


def derive(con: duckdb.DuckDBPyConnection, world: World) -> None:
    """Create the shared tables."""
    stack = world.parameters.stack
    con.execute(f"create macro cut() as {int(world.clock.midnight(world.parameters.last_day + 1))}")
    # When the night after the last day reads it all: what falls due until then is due.
    con.execute("create macro morning() as cut() + 7200")
    con.execute(f"create macro epoch() as {world.clock.epoch}")
    con.execute(f"create macro day_number(t) as (t - {world.clock.epoch}) // 86400")
    con.execute("""
        create macro month_text(day, later) as strftime(
            date_trunc('month', make_timestamp((epoch() + day * 86400)::bigint * 1000000)) + to_months(later::int),
            '%Y-%m-%d'
        )
    """)
    # Before the cut: what a day shows must not depend on where the history ends.
    con.execute(CRM_ACCOUNTS if stack.crm_objects != "contacts" else ACCOUNTS_OF_CONTACTS)
    naming.number_memberships(con)
    _currency_gaps(con, world)
    quirks.derive(con, world)
    dirt.derive(con, world)
    by_hand.derive(con, world)
    bills.derive(con, world)
    _cut(con)
    _web_days(con, world)
    naming.name(con, stack)
    if not stack.has_people:
        for table in (
            "map_leads",
            "crm_leads",
            "contacts",
            "deal_roles",
            "passes",
            "seats",
            "booths",
            "lost_memberships",
        ):
            con.execute(f"delete from {table}")
        con.execute("update people set known_at = null, inquiry_at = null, converted_at = null, crm_at = null")
    con.execute("""
        create table primary_leads as select person, lead, crm, created_at, user_id from map_leads where kind = 0
    """)
    con.execute(visits.QUERY)
    con.execute(IDENTITIES)
    sales.derive(con)
    con.execute(_stamps(stack))
    _rate_months(con, world)
    con.execute(MEMBERSHIPS)


def _cut(con: duckdb.DuckDBPyConnection) -> None:
    for table, column in CUT_TABLES.items():
        con.execute(f"delete from {table} where {column} >= cut()")
    for table, columns in CUT_INSTANTS.items():
        for column in columns:
            con.execute(f"update {table} set {column} = null where {column} >= cut()")
    con.execute("delete from passes where coalesce(mql_at, assigned_at, touch_at) is null")


def _web_days(con: duckdb.DuckDBPyConnection, world: World) -> None:
    """Days on which the tag was down, or most hits were lost."""
    rates = world.parameters.faults
    rng = stream(world.parameters.seed, "web days")
    workdays = np.flatnonzero(world.clock.is_open[0, 60:520]) + 60
    days = rng.choice(workdays, rates.tracking_outage + rates.volume_drop, replace=False)
    put(con, "web_days", {"day": days, "is_outage": np.arange(len(days)) < rates.tracking_outage})


def _rate_months(con: duckdb.DuckDBPyConnection, world: World) -> None:
    """Months as intervals of dated rates."""
    clock = world.clock
    months = np.arange(clock.month[world.parameters.last_day] + 1)
    first_day = np.array([np.flatnonzero(clock.month == month)[0] for month in months])
    put(
        con,
        "rate_months",
        {"month": months, "first_day": first_day, "next_first_day": np.append(first_day[1:], first_day[-1:] + 31)},
    )


def _currency_gaps(con: duckdb.DuckDBPyConnection, world: World) -> None:
    """Months in which a currency's rate ends three weeks before the next begins."""
    rng = stream(world.parameters.seed, "currency gaps")
    count = world.parameters.faults.currency_gap
    months = rng.choice(np.arange(4, 17), count, replace=False)
    first = np.array([np.flatnonzero(world.clock.month == month)[0] for month in months + 1])
    put(
        con,
        "currency_gaps",
        {"currency": rng.integers(1, 4, count), "month": months, "ends_day": first - 21, "next_day": first},
    )


IDENTITIES = """
    create table map_identity as
    select l.lead, l.person, l.kind, l.crm, l.created_at, l.deleted_at, l.merged_at, p.fit, p.employees, p.domain,
        p.account_id, p.sync,
        p.unreadable and l.kind = 0 as unreadable, p.orphan_merge, d.empty_id, d.keeps_prefix,
        case when l.kind = 0 then d.default_at end as default_mql_at, l.created_at as shown_created_at,
        case when l.kind = 2 then left(p.first_name, 1) else p.first_name end as first_name,
        case when l.kind = 2 and length(p.last_name) > 4 then left(p.last_name, 3) || substr(p.last_name, 5)
            else p.last_name end as last_name,
        case l.kind when 1 then case when p.person % 2 = 0 then upper(p.email) else ' ' || upper(left(p.email,
            1)) || substr(p.email, 2) || ' ' end
            when 2 then left(p.local, 1) || regexp_extract(p.local, '[^.]*$') || p.person || '@gmail.com'
                else p.email end as email,
        case when l.kind = 2 then regexp_replace(p.company,
            ' (Inc[.]|LLC|Corp[.]|GmbH|Ltd|S[.]A[.]|Pte Ltd|Pty Ltd)$', '') when p.blank = 4 and l.kind = 0 then null
            else p.company end as company,
        case when p.injection then '=HYPERLINK("http://evil.example","Click")' when p.blank = 0 then null
            else p.title end as title,
        case when p.blank = 1 and l.kind = 0 then d.bad_phone else p.phone end as phone,
        coalesce(d.bad_country, p.country) as country, case
            when p.blank = 3 then null else p.state end as state,
        case when p.blank = 2 then null else p.industry end as industry,
        case when l.kind = 1 then 'Chat' when l.kind = 2 then 'Web' else ['Web', 'Event', 'List Import',
            'Outbound'][p.origin + 1] end as lead_source,
        case when l.kind = 0 then p.told_source end as told_source,
        case when l.kind > 0 then 'Web form fill' else ['Web form fill', 'List import', 'List import',
            'Salesforce.com'][p.origin + 1] end as source_type
    from map_leads l join people p using (person) join dirt d using (person);
    create table crm_identity as
    select c.crm, c.id, c.person, c.kind, c.created_at, c.deleted_at, c.merged_at, c.winner, p.region, p.converted_at,
        p.opt_out_at, p.resubscribed_at, p.employees, p.domain, p.account_id, p.buying_group,
        -- Who is entered on an opportunity by hand did not convert into it.
        case when not p.is_late and not exists (from deal_roles r
            where r.person = p.person and r.removed_at is not null) then p.deal end as deal,
        m.lead, m.first_name, m.last_name, case when p.email_changed
            and c.kind = 0 then p.local || '.alt' || '@' || p.domain else m.email end as email,
        case when p.drift = 3 and c.kind = 0 then upper(m.company) || ' HQ' else m.company end as company,
        case when p.drift = 0 and c.kind = 0 then 'Head of ' || p.function else m.title end as title,
        case when p.drift = 1 and c.kind = 0 then '+1 555 000 ' || lpad((p.person % 10000)::varchar, 4, '0')
            else m.phone end as phone,
        case when p.drift = 2 and c.kind = 0 then case when m.country = 'Germany' then 'Austria' else 'Germany' end
            else m.country end as country,
        m.state, m.industry, m.lead_source, m.told_source, m.empty_id, m.keeps_prefix, m.default_mql_at, d.is_day,
        case when d.is_epoch then 0 else c.created_at end as shown_created_at
    from crm_leads c
    join people p using (person)
    join dirt d using (person)
    join map_leads l on l.person = c.person and l.kind = c.kind
    join map_identity m on m.lead = l.lead
    union all by name
    select t.crm, t.id, person, 0 as kind, t.ts as created_at, -1 as winner, p.region, p.employees, p.domain,
        p.account_id, p.buying_group, p.first_name, p.last_name, p.email, p.company, p.title, p.phone, p.country,
        p.state, p.industry, 'Outbound' as lead_source, false as keeps_prefix, false as is_day,
        t.ts as shown_created_at
    from typed_leads t join people p using (person);
    create table map_of_crm as select crm, lead from map_leads where kind = 0 and crm >= 0
"""


def _stamps(stack: Stack) -> str:
    """`map_stamps`: every lifecycle stage the MAP stamps, with the one before it; the CRM's come with a lag."""
    lag = "0" if stack.is_single else "60 + (person * 7919) % 540"
    # HubSpot gives a contact its stage as it makes it.
    pause = 0 if stack.map_system == "hubspot" else 1
    own, synced = ("Flow Action", "Salesforce Sync") if stack.crm_system == "salesforce" else ("Flow Action", API)
    return f"""
        create table map_stamps as
        with raw as (
            select l.lead, l.created_at as ts, 'Known' as stage, 'Lead created' as reason, l.person, false as is_synced
                from map_leads l join people p using (person) where l.kind = 0 and coalesce(p.inquiry_at,
                    9e18) > l.created_at
            union all select l.lead, greatest(p.inquiry_at, l.created_at) + {pause}, 'Inquiry', 'Filled out form',
                l.person, false
                from map_leads l join people p using (person) where l.kind = 0 and p.inquiry_at is not null
            union all select lead, created_at + 1, 'Inquiry', 'Filled out form', person, false from map_leads
                where kind > 0
            union all select lead, mql_at, 'MQL', 'Score threshold', person, false from passes
                join primary_leads using (person) where mql_at is not null
            union all select lead, ts + {lag}, stage, reason, person, true
                from crm_stages join primary_leads using (person)
        ),
        kept as (
            select raw.* from raw
            left join people p on p.person = raw.person
            left join map_leads l on l.lead = raw.lead
            where raw.ts < cut() and raw.ts < coalesce(l.merged_at, 9e18) and raw.ts < coalesce(l.deleted_at, 9e18)
                and not (p.stage_mismatch and raw.is_synced)
        )
        select row_number() over (order by ts, lead, stage) as stamp, lead, ts, stage, person,
            case when is_synced then '{synced}' else '{own}' end as source,
            case when is_synced and '{synced}' = '{API}' then '{API}' else reason end as reason,
            lag(stage) over (partition by lead order by ts, stage) as old_stage
        from kept
    """


MEMBERSHIPS = """
    create table memberships as
    select m.*, i.id from (
    select person, campaign, registered_at as ts, 'Registered' as status, false as reached,
        registered_at as joined_at from seats
    union all select person, campaign, attended_at, 'Attended', true, registered_at from seats where attended_at >= 0
    union all select person, campaign, ts, 'Visited Booth', true, ts from booths
    ) m join membership_ids i using (person, campaign);
    -- What the systems show: a later upload sets some members back, and the day of the response goes with half of them.
    create table memberships_seen as
    select *, case when reached then ts end as responded_at from memberships
    union all
    select r.person, r.campaign, r.ts, 'Sent', false, m.joined_at, m.id, case when r.person % 2 = 0 then m.ts end
    from reset_memberships r join memberships m using (person, campaign) where m.reached
"""

# Accounts of four in five companies are in the CRM from the start; others appear with their first conversion.
CRM_ACCOUNTS = """
    create table crm_accounts as
    with wanted as (
        select account, case when account % 5 > 0 then 0 else min(converted_at) - 5 end as ts
        from people where crm_at is not null group by account
    )
    select account, case when min(ts) = 0 then epoch() + 36000 + account % 3000 else min(ts) end as created_at
    from (select * from wanted union all select parent, 0 from accounts join wanted using (account)
        where parent is not null and ts is not null)
    where ts is not null group by account
"""

# A contact is on an account from the start.
ACCOUNTS_OF_CONTACTS = """
    create table crm_accounts as
    with wanted as (select account, min(crm_at) - 5 as ts from people where crm_at is not null group by account)
    select account, min(ts) as created_at
    from (select * from wanted union all select parent, ts - 5 from accounts join wanted using (account)
        where parent is not null)
    group by account
"""
