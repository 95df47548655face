-- Grain: one row per month of MQL (the period), lead source, first touch's channel and campaign, outcome and reason.
-- An MQL has one outcome: what sales first decided in its pass. A task, a call or a meeting alone decides nothing.
with

mqls as (select * from {{ ref('int_mql_passes') }}),

transitions as (select * from {{ ref('int_stage_transitions') }} where not is_skipped),

touches as (select distinct object from {{ ref('human_touches') }}),

entries as (
    select * from {{ ref('int_stage_entries') }}
    where
        entered_at <= {{ as_of() }}
        and object not in (select touches.object from touches)
        and stage in ('sal', 'sql', 'sao', 'won', 'disqualified', 'recycled')
),

people as (select * from {{ ref('dim_people') }}),

-- Sales may have worked the lead before it turned MQL in this pass; a second MQL of the pass waits for its own word.
decisions as (
    select
        mqls.mql_pass_id,
        entries.person_id,
        entries.stage,
        entries.entered_at,
        row_number() over (
            partition by mqls.mql_pass_id
            order by
                entries.entered_at,
                case when entries.stage in ('disqualified', 'recycled') then 2 else 1 end,
                entries.stage
        ) as decision_position
    from mqls
    inner join entries on mqls.person_id = entries.person_id
    where
        entries.entered_at >= mqls.span_from
        and (mqls.span_until is null or entries.entered_at < mqls.span_until)
),

reasons as (
    select person_id, stage, entered_at, min(reason) as reason
    from transitions
    where stage in ('disqualified', 'recycled')
    group by person_id, stage, entered_at
),

outcomes as (
    select
        {{ month_start(reporting_date('mqls.mql_at')) }} as period_start_date,
        coalesce({{ safe_text(mask_emails('people.lead_source')) }}, 'unknown') as lead_source,
        {{ or_unknown('people.first_touch_channel') }} as channel,
        {{ or_unknown('people.first_touch_campaign_id') }} as campaign_id,
        case
            when decisions.stage = 'disqualified' then 'rejected'
            when decisions.stage = 'recycled' then 'recycled'
            when decisions.stage is not null then 'accepted'
            else 'pending'
        end as outcome,
        case
            when decisions.stage in ('disqualified', 'recycled')
                then coalesce({{ safe_text(mask_emails('reasons.reason')) }}, 'not given')
            else 'none'
        end as reason
    from mqls
    left join decisions on mqls.mql_pass_id = decisions.mql_pass_id and decisions.decision_position = 1
    left join reasons
        on
            decisions.person_id = reasons.person_id
            and decisions.stage = reasons.stage
            and decisions.entered_at = reasons.entered_at
    left join people on mqls.person_id = people.person_id
),

counted as (
    select
        period_start_date, lead_source, channel, campaign_id, outcome, reason,
        count(*) as mql_count,
        sum(case when outcome = 'pending' then 0 else 1 end) as decided_count
    from outcomes
    group by period_start_date, lead_source, channel, campaign_id, outcome, reason
)

select
    'month' as period_type,
    period_start_date,
    {{ periods_ago("'month'", 'period_start_date') }} as periods_ago,
    lead_source,
    channel,
    campaign_id,
    outcome,
    reason,
    cast(mql_count as bigint) as mql_count,
    cast(
        sum(mql_count) over (partition by period_start_date, lead_source, channel, campaign_id) as bigint
    ) as group_mql_count,
    cast(sum(mql_count) over (partition by period_start_date, lead_source) as bigint) as source_mql_count,
    cast(sum(decided_count) over (partition by period_start_date, lead_source) as bigint) as source_decided_count,
    case
        when decided_count > 0
            then cast(decided_count as double) / sum(decided_count) over (partition by period_start_date, lead_source)
    end as source_decided_share,
    {{ periods_ago("'month'", 'period_start_date') }} > 0
    and sum(mql_count - decided_count) over (partition by period_start_date, lead_source) = 0 as is_mature
from counted
