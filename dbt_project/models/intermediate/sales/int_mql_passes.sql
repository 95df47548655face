-- Grain: one row per person and entry of MQL, with the record that sales works it on and the pass it belongs to.
with

pass_ends as (select stage from {{ ref('lifecycle_stages') }} where ends_pass),

transitions as (
    select
        transitions.*,
        min(case when pass_ends.stage is not null then transitions.entered_at end) over (
            partition by transitions.person_id, transitions.pass_number
            order by transitions.entered_at
            range between current row and unbounded following
        ) as pass_ended_at
    from {{ ref('int_stage_transitions') }} as transitions
    left join pass_ends on transitions.stage = pass_ends.stage
    where not transitions.is_skipped
),

records as (select * from {{ ref('int_person_records') }}),

-- Whatever it syncs with by now: a converted lead gives its place to the contact.
sync_links as (select distinct linked_record_id, person_record_id from {{ ref('sync_links') }}),

human_touches as (select * from {{ ref('int_human_touches') }}),

crm_systems as (select system from {{ ref('int_system_roles') }} where system_role = 'crm'),

spans as (
    select
        person_id,
        pass_number,
        min(entered_at) as started_at,
        lead(min(entered_at)) over (partition by person_id order by pass_number) as ended_at
    from transitions
    group by person_id, pass_number
),

entries as (
    select
        *,
        lag(entered_at) over (partition by person_id, pass_number order by entered_at) as previous_mql_at,
        lead(entered_at) over (partition by person_id, pass_number order by entered_at) as next_mql_at
    from transitions
    where stage = 'mql'
),

-- Who turns MQL twice in one pass waits for a touch twice. After the pass nobody has to touch it any more.
mqls as (
    select
        entries.stage_transition_id as mql_pass_id,
        entries.person_id,
        entries.pass_number,
        entries.person_record_id as mql_record_id,
        entries.entered_at as mql_at,
        case when entries.previous_mql_at is null then spans.started_at else entries.entered_at end as span_from,
        least(entries.next_mql_at, spans.ended_at) as span_until,
        least(entries.next_mql_at, spans.ended_at, entries.pass_ended_at) as ended_at
    from entries
    inner join spans
        on
            entries.person_id = spans.person_id
            and entries.pass_number = spans.pass_number
),

inquiries as (
    select
        mqls.mql_pass_id,
        min(transitions.entered_at) as first_inquiry_at,
        min(case when transitions.entered_at >= mqls.span_from then transitions.entered_at end) as inquiry_at
    from mqls
    inner join transitions on mqls.person_id = transitions.person_id
    where
        transitions.stage = 'inquiry'
        and transitions.entered_at <= mqls.mql_at
    group by mqls.mql_pass_id
),

touches as (
    select
        mqls.mql_pass_id,
        min(case when human_touches.occurred_at >= mqls.mql_at then human_touches.occurred_at end) as first_touch_at,
        max(case when human_touches.occurred_at < mqls.mql_at then human_touches.occurred_at end) as earlier_touch_at
    from mqls
    inner join records on mqls.person_id = records.person_id
    inner join human_touches on records.person_record_id = human_touches.person_record_id
    where
        human_touches.occurred_at >= mqls.span_from
        and (mqls.span_until is null or human_touches.occurred_at < mqls.span_until)
        and (mqls.ended_at is null or human_touches.occurred_at <= mqls.ended_at)
    group by mqls.mql_pass_id
),

-- The CRM's record that the MQL was stamped on, or that syncs with it, before any other of the person.
candidates as (
    select
        mqls.mql_pass_id,
        records.person_record_id,
        row_number() over (
            partition by mqls.mql_pass_id
            order by
                case
                    when records.person_record_id = mqls.mql_record_id then 1
                    when sync_links.linked_record_id is not null then 2
                    else 3
                end asc,
                records.is_deleted or records.is_merged_away asc,
                records.record_type desc,
                records.created_at asc,
                records.person_record_id asc
        ) as candidate_rank
    from mqls
    inner join records on mqls.person_id = records.person_id
    inner join crm_systems on records.system = crm_systems.system
    left join sync_links
        on
            records.person_record_id = sync_links.linked_record_id
            and mqls.mql_record_id = sync_links.person_record_id
    where records.is_delivered
)

select
    mqls.mql_pass_id,
    mqls.person_id,
    mqls.pass_number,
    mqls.mql_record_id,
    candidates.person_record_id as crm_record_id,
    mqls.mql_at,
    inquiries.inquiry_at,
    inquiries.first_inquiry_at is not null as is_inbound,
    touches.first_touch_at,
    touches.earlier_touch_at,
    touches.first_touch_at is null and touches.earlier_touch_at is not null as has_negative_interval,
    case
        when touches.first_touch_at is not null then touches.first_touch_at
        when touches.earlier_touch_at is not null then mqls.mql_at
        else coalesce(mqls.ended_at, {{ as_of() }})
    end as waited_until,
    mqls.span_from,
    mqls.span_until,
    mqls.ended_at
from mqls
left join inquiries on mqls.mql_pass_id = inquiries.mql_pass_id
left join touches on mqls.mql_pass_id = touches.mql_pass_id
left join candidates on mqls.mql_pass_id = candidates.mql_pass_id and candidates.candidate_rank = 1
