"""Truth of the funnel: who entered which stage when, and what of it the extracts show."""

from orchestration.demo.stacks import Stack
from orchestration.demo.truth.spelling import INSTANT

# Everything by which a person gives contact details, and the first of it: `is_to_the_day` where only the day is told.
ASKED_IN_MAP = """
    create table truth_asked as
    select l.person, c.component, a.ts, true as is_recoverable from acts a
        join map_leads l using (lead) join lead_components c using (lead) where a.kind = 2
    union all select person, 0, ts, {in_marketo} or {in_pardot} from memberships join primary_leads using (person);
    create table truth_inquiries as
    select person, component, min(ts) as ts, false as is_to_the_day, true as is_recoverable from (
        select person, 0 as component, inquiry_at as ts from people where inquiry_at is not null
        union all select person, component, created_at + 1 from map_leads
            join lead_components using (person, lead, kind) where kind > 0
    ) group by all
"""
# The CRM learns of it by the record that it makes, on one that it already has only by a response to a campaign. Behind
# an MQL that response tells of a return, and the order of what was skipped is anybody's guess.
ASKED_IN_CRM = """
    create table truth_asked as
    select person, component, created_at as ts, true as is_recoverable from map_leads
        join lead_components using (person, lead, kind) where kind > 0
    union all select person, 0, ts, false from memberships join primary_leads using (person) where reached;
    create table truth_inquiries as
    with learnt as (
        select person, 0 as component, known_at as ts, false as is_to_the_day from people where origin < 2
            and known_at is not null
        union all select person, component, created_at, false from map_leads
            join lead_components using (person, lead, kind) where kind > 0
        union all select person, 0, ts, true from memberships join primary_leads using (person) where reached
    )
    select l.person, l.component, min(l.ts) as ts,
        arg_min(l.is_to_the_day, 2 * l.ts + l.is_to_the_day::int) as is_to_the_day,
        not arg_min(l.is_to_the_day, 2 * l.ts + l.is_to_the_day::int)
            or min(l.ts) < coalesce(min(p.mql_at) - 86400, 9e18) as is_recoverable
    from learnt l left join passes p on p.person = l.person group by l.person, l.component
"""

# Statuses as a history tells them, to the second; by the daily versions alone, the last one of each day.
STATUSES_BY_HISTORY = """
    create table truth_statuses as
    with told as (
        select person, 'sql' as stage, number, qualified_at as ts, null as reason from crm_passes
            where qualified_at is not null
        union all select person, 'sql', 1, converted_at, null from people where buying_group
            and converted_at is not null
        union all select p.person, case p.outcome when 2 then 'disqualified' else 'recycled' end, p.number,
            p.outcome_at, s.reason
            from crm_passes p join crm_status s on s.crm = p.crm and s.ts = p.outcome_at and s.change = 5
    )
    select t.*, case when f.crm is null then 'stamped' else 'inferred' end as evidence
    from told t join crm_leads c on c.person = t.person and c.kind = 0
    left join forgotten_statuses f on f.crm = c.crm and f.ts = t.ts
"""
STATUSES_BY_VERSION = """
    create table truth_statuses as
    with versions as (
        select *, case when status in ('Qualified', 'Converted') then 'sql'
            when status in ('Disqualified', 'Recycled') then lower(status) end as stage
        from crm_state
    ),
    followed as (select *, lag(stage) over (partition by crm order by ts) as before from versions)
    select c.person, v.stage,
        coalesce((select max(p.number) from passes p where p.person = c.person
            and coalesce(p.mql_at, p.assigned_at, p.touch_at) <= v.ts), 1) as number,
        v.ts, case when v.stage <> 'sql' then v.reason end as reason, 'inferred' as evidence
    from followed v join crm_leads c using (crm)
    where v.stage is distinct from v.before and v.stage is not null
"""

TRANSITIONS = """
    create table truth_transitions as
    with entries as (
        select l.person, 0 as component, 'known' as stage, 0 as number,
            least(l.created_at, coalesce(c.created_at, l.created_at)) as ts, 'stamped' as evidence,
            case when c.created_at < l.created_at then 'crm' else 'map' end as source, null as reason,
            false as is_to_the_day, true as is_recoverable
        from map_leads l left join crm_leads c on c.person = l.person and c.kind = 0 where l.kind = 0
        union all by name select person, 0 as component, 'known' as stage, 0 as number, ts, 'stamped' as evidence,
            'crm' as source, false as is_to_the_day, true as is_recoverable from typed_leads
        union all by name select l.person, c.component, 'known' as stage, 0 as number, l.created_at as ts,
            'stamped' as evidence, 'map' as source, false as is_to_the_day, true as is_recoverable
            from map_leads l join lead_components c using (lead) where c.component > 0
        union all by name select person, component, 'inquiry' as stage, 0 as number, ts, 'inferred' as evidence,
            'map' as source, is_to_the_day, is_recoverable from truth_inquiries
        union all by name select person, 0 as component, 'mql' as stage, number, mql_at as ts, 'stamped' as evidence,
            'map' as source, false as is_to_the_day, true as is_recoverable from passes where mql_at is not null
        union all by name select person, 0 as component, 'sal' as stage, number, touch_at as ts, 'inferred' as evidence,
            'crm' as source, false as is_to_the_day, true as is_recoverable from crm_passes where touch_at is not null
        union all by name select *, 0 as component, 'crm' as source, false as is_to_the_day, true as is_recoverable
            from truth_statuses
        -- Nobody reaches anything by an opportunity before being given a role on it, of which HubSpot tells no instant.
        union all by name select r.person, 0 as component, 'sao' as stage, 1 as number,
            greatest(d.accepted_at, r.ts) as ts,
            case when r.ts > d.accepted_at then 'inferred' else 'stamped' end as evidence, 'crm' as source,
            '{crm}' = 'hubspot' and r.ts > d.accepted_at as is_to_the_day, true as is_recoverable
            from deal_roles r join deals d using (deal) where d.accepted_at is not null and r.removed_at is null
        union all by name select r.person, 0 as component, case when d.is_won then 'won' else 'lost' end as stage,
            1 as number, greatest(d.closed_at, r.ts) as ts,
            case when r.ts > d.closed_at or l.deal is not null then 'inferred' else 'stamped' end as evidence,
            'crm' as source, case when d.loss_reason >= 0
            then ['Price', 'Competitor', 'No Decision', 'Missing Feature'][d.loss_reason + 1] end as reason,
            '{crm}' = 'hubspot' and r.ts > d.closed_at as is_to_the_day, true as is_recoverable
            from deal_roles r join deals d using (deal) left join lost_closings l using (deal)
            where d.closed_at is not null and r.removed_at is null
    ),
    -- What ended the way through the funnel, or began it again, just before.
    followed as (
        select *, last_value(what ignore nulls) over (
            partition by person, component order by ts, rank, is_recoverable desc, what
            rows between unbounded preceding and 1 preceding) as before
        from (
            select person, component, ts, 0 as rank, 'asked' as what, is_recoverable from truth_asked
            union all select person, component, ts, 1, case when stage in ('recycled', 'disqualified', 'won', 'lost')
                then 'ended' when stage in ('mql', 'sql', 'sao') then 'went on' end, true from entries
        )
    ),
    returned as (
        select person, component, 'inquiry' as stage, 0 as number, ts, 'inferred' as evidence, 'map' as source,
            null as reason, false as is_to_the_day, bool_or(is_recoverable) as is_recoverable
        from followed
        where what = 'asked' and before = 'ended'
            and (person, component, ts) not in (select (person, component, ts) from entries where stage = 'inquiry')
        group by all
    ),
    path as (select * from (values ('inquiry', 2), ('mql', 3), ('sal', 4), ('sql', 5), ('sao', 6), ('won',
        7)) t(stage, place)),
    reached as (select e.person, e.component, p.place, min(e.ts) as ts, bool_or(e.is_recoverable) as is_recoverable
        from entries e join path p using (stage) group by all),
    -- Never entered while a later stage was: by inference at the instant of the next one.
    skipped as (
        select a.person, a.component, p.stage, 0 as number, min_by(r.ts, r.place) as ts,
            not exists (from reached h where h.person = a.person and h.component = a.component
                and h.place = p.place) as is_recoverable
        from (select distinct person, component from reached) a
        cross join path p
        join reached r on r.person = a.person and r.component = a.component and r.place > p.place
        where p.place < 6 and not exists (from reached h where h.person = a.person and h.component = a.component
            and h.place = p.place and h.is_recoverable)
        group by all
    )
    -- HubSpot's associations have no dates: of whom it made a customer at once it stamps nothing before.
    select *, '{crm}' = 'hubspot' and stage = 'sao' and (person, component, ts) in (
        select (person, component, ts) from entries where stage = 'won'
    ) as is_skipped from entries
    union all by name
    select *, false as is_skipped from returned
    union all by name
    select *, 'inferred' as evidence, 'map' as source, null as reason, true as is_skipped, false as is_to_the_day
    from skipped
"""

# Of one instant; nothing about a transition is left to the order in which rows happen to come.
TIES = "ts, number, stage, evidence desc, source, reason, is_skipped, is_recoverable, is_to_the_day"

QUERIES = {
    "stage_transitions": f"""
        select 'P' || t.person || case when component > 0 then '/' || component else '' end as recoverable_person_id,
            'P' || t.person as person_id, stage, number as pass_number,
            {INSTANT.format("ts")} as transition_at, evidence, case source when 'map' then '{{map}}'
                else '{{crm}}' end as evidence_system, is_skipped,
            row_number() over (partition by t.person, component, stage order by {TIES}) = 1 as is_first,
            coalesce(
                place < lag(place) over (partition by t.person, component order by ts, place, {TIES}), false
            ) as is_backward, reason, is_recoverable, is_to_the_day,
            component = 0 and l.deleted_at is not null as is_of_deleted
        from truth_transitions t left join (values ('known', 1), ('inquiry', 2), ('mql', 3), ('sal', 4), ('sql', 5),
            ('sao', 6)) p(stage, place) using (stage)
        left join map_leads l on l.person = t.person and l.kind = 0
    """,
    "mql_passes": f"""
        select 'P' || p.person as person_id, p.number as pass_number, c.record as lead_record_id,
            {INSTANT.format("p.mql_at")} as mql_at, {INSTANT.format("p.assigned_at")} as assigned_at,
            {INSTANT.format("p.touch_at")} as first_touch_at, case
                when p.touch_at is not null then s.work_seconds end as business_seconds,
                {INSTANT.format("s.due_at")} as due_at,
            s.due_at < morning() and coalesce(s.work_seconds > {{sla_seconds}} or p.touch_at is null, false)
                and p.promptness <> 3 as is_sla_breach,
            case when c.record is null then 'no_owner' else ['routed', 'no_owner', 'inactive_owner',
                'wrong_territory', 'owner_churn', 'late_assignment'][p.routing + 1] end as routing, p.engagement, e.fit,
            exists (from deal_roles r where r.person = p.person and r.removed_at is null) as reached_opportunity
        from passes p join speed s using (person, number) join people e using (person) left
            join crm_leads c on c.person = p.person and c.kind = 0
        where p.mql_at is not null
    """,
}


def statements(stack: Stack) -> tuple[str, ...]:
    """What makes `truth_transitions`, in order."""
    asked = ASKED_IN_MAP if stack.has_map else ASKED_IN_CRM
    has_history = stack.has_conversions or stack.crm_system == "hubspot"
    return asked, STATUSES_BY_HISTORY if has_history else STATUSES_BY_VERSION, TRANSITIONS
