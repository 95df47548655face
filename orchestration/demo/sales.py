"""What sales did to the CRM's leads: statuses, owners, tasks. Made before the MAP's stamps, which follow them."""

import duckdb

from orchestration.demo.dirt import UNKNOWN_STATUS
from orchestration.demo.vocabulary import RECYCLE_REASONS, REJECTION_REASONS


def derive(con: duckdb.DuckDBPyConnection) -> None:
    """Create `crm_passes`, `crm_status`, `crm_stages`, `owner_churn` and `tasks`."""
    con.execute(_statuses())
    con.execute(STAGES)
    con.execute(OWNER_CHURN)
    con.execute(TASKS)


def _statuses() -> str:
    """`crm_status`: every status and owner a CRM lead takes, by instant."""
    reject = "['" + "', '".join(REJECTION_REASONS) + "'][reason + 1]"
    recycle = "['" + "', '".join(RECYCLE_REASONS) + "'][reason + 1]"
    return f"""
        create table crm_passes as
        select p.*, c.crm, c.id as crm_id, c.record as crm_record, c.created_at as crm_created_at, f.id as owner_id,
            q.id as queue_id
        from passes p
        join crm_leads c on c.person = p.person and c.kind = 0
        join staff f on f.staff = p.owner
        join people e on e.person = p.person
        join staff q on q.kind = 1 and q.region = e.region;
        create table crm_status as
        select crm, ts, status, reason, owner_id, change from (
            select c.crm, c.created_at as ts, 'New' as status, null as reason, q.id as owner_id, 0 as change
                from crm_leads c join people e using (person) join staff q on q.kind = 1 and q.region = e.region
            union all select crm, assigned_at, 'Assigned', null, owner_id, 1 from crm_passes
                where assigned_at is not null
            union all select crm, assigned_at + 60, '{UNKNOWN_STATUS}', null, null, 1
                from crm_passes join dirt using (person)
                where unknown_status
                    and assigned_at + 60 < least(coalesce(working_at, 9e18), coalesce(outcome_at, 9e18), cut())
            union all select crm, working_at, 'Working', null, null, 2 from crm_passes where working_at is not null
            union all select crm, qualified_at, 'Qualified', null, null, 3 from crm_passes
                where qualified_at is not null
            union all select c.crm, e.converted_at, 'Converted', null, null, 4 from crm_leads c
                join people e using (person) where c.kind = 0 and e.converted_at is not null
            union all select crm, outcome_at, case outcome when 2 then 'Disqualified' else 'Recycled' end,
                case outcome when 2 then {reject} else {recycle} end, null, 5 from crm_passes
                    where outcome_at is not null
        )
    """


# The lifecycle stages that the CRM's statuses and opportunities stand for, with the MAP's word for the cause.
STAGES = """
    create table crm_stages as
    select person, working_at as ts, 'SAL' as stage, 'CRM status' as reason from crm_passes where working_at is not null
    union all select person, qualified_at, 'SQL', 'CRM status' from crm_passes where qualified_at is not null
    union all select person, outcome_at, case outcome when 2 then 'Disqualified' else 'Recycled' end, 'CRM status'
        from crm_passes where outcome_at is not null
    union all select person, converted_at, 'SQL', 'CRM conversion' from people
        where converted_at is not null and buying_group
    union all select r.person, greatest(d.accepted_at, r.ts), 'Opportunity', 'CRM opportunity accepted'
        from deal_roles r join deals d using (deal) where d.accepted_at is not null and r.removed_at is null
    union all select r.person, greatest(d.closed_at, r.ts), 'Customer', 'CRM opportunity won'
        from deal_roles r join deals d using (deal)
        where d.is_won and d.closed_at is not null and r.removed_at is null
"""

# Routing that could not make up its mind: four owners within a day before the one who stays.
OWNER_CHURN = """
    create table owner_churn as
    select p.crm, p.assigned_at + 1800 * (k + 1) as ts, s.id as owner_id, k
    from crm_passes p
    cross join range(4) r(k)
    join (select region, id, row_number() over (partition by region order by staff) - 1 as turn,
        count(*) over (partition by region) as size
        from staff where kind = 0 and left_day is null) s on s.region = p.owner_region
            and s.turn = (p.owner + k) % s.size
    where p.routing = 4 and p.assigned_at is not null and p.assigned_at + 1800 * (k + 1) < cut()
    union all
    select p.crm, p.assigned_at + 10800, p.owner_id, 4 from crm_passes p where p.routing = 4
        and p.assigned_at + 10800 < cut()
"""

# Sales' own tasks (0 a call, 1 a mail logged), those the integration's user writes (2), reminders left open (3), what a
# connector logs (4), meetings that were booked in vain (5) and held ones (6).
TASKS = """
    create table tasks as
    select row_number() over (order by ts, crm, kind) as task, * from (
        select crm, crm_id, touch_at as ts, case when held_meeting then 6 else 0 end as kind, owner_id
            from crm_passes join dirt using (person) where touch_at is not null
        union all select crm, crm_id, greatest(mql_at, crm_created_at) + 45, 4, owner_id
            from crm_passes join dirt using (person)
            where profiled_task and mql_at is not null and greatest(mql_at, crm_created_at) + 45 < cut()
        union all select crm, crm_id, assigned_at + 120, 5, owner_id from crm_passes join dirt using (person)
            where missed_meeting and mql_at is not null and assigned_at is not null and assigned_at + 120 < cut()
        union all select crm, crm_id, working_at + 86400 * 2 + 1800, 1, owner_id from crm_passes
            where working_at + 86400 * 2 + 1800 < least(coalesce(qualified_at, 9e18), coalesce(outcome_at, 9e18),
            cut())
        union all select crm, crm_id, greatest(mql_at, crm_created_at) + 30, 2, null
            from crm_passes join automated_passes using (person, number)
            where mql_at is not null and greatest(mql_at, crm_created_at) + 30 < cut()
        union all select crm, crm_id, assigned_at + 60, 3, owner_id
            from crm_passes join reminded_passes using (person, number)
            where mql_at is not null and assigned_at is not null and assigned_at + 60 < cut()
    )
"""
