-- Grain: one row per month (the period), breakdown, value, stage left, stage off the path that it was left to, and
-- reason.
with

transitions as (select * from {{ ref('int_stage_transitions') }} where from_stage is not null),

lifecycle_stages as (select * from {{ ref('lifecycle_stages') }}),

breakdowns as (select * from {{ ref('int_people_breakdowns') }}),

-- A transition is the exit from the stage before it.
exits as (
    select
        transitions.person_id,
        {{ month_start(reporting_date('transitions.entered_at')) }} as period_start_date,
        transitions.from_stage,
        transitions.stage as to_stage,
        coalesce({{ safe_text(mask_emails('transitions.reason')) }}, 'unknown') as reason,
        not lifecycle_stages.is_on_path as is_leak
    from transitions
    inner join lifecycle_stages on transitions.stage = lifecycle_stages.stage
),

broken_down as (
    select
        exits.*,
        breakdowns.breakdown,
        breakdowns.breakdown_value
    from exits
    inner join breakdowns on exits.person_id = breakdowns.person_id
),

left_counts as (
    select
        period_start_date,
        breakdown,
        breakdown_value,
        from_stage,
        count(*) as left_count
    from broken_down
    group by period_start_date, breakdown, breakdown_value, from_stage
),

leaks as (
    select
        period_start_date,
        breakdown,
        breakdown_value,
        from_stage,
        to_stage,
        reason,
        count(*) as leaked_count,
        count(distinct person_id) as person_count
    from broken_down
    where is_leak
    group by period_start_date, breakdown, breakdown_value, from_stage, to_stage, reason
)

select
    'month' as period_type,
    leaks.period_start_date,
    {{ periods_ago("'month'", 'leaks.period_start_date') }} as periods_ago,
    leaks.breakdown,
    leaks.breakdown_value,
    leaks.from_stage,
    leaks.to_stage,
    leaks.reason,
    cast(leaks.leaked_count as bigint) as leaked_count,
    cast(leaks.person_count as bigint) as person_count,
    cast(left_counts.left_count as bigint) as left_count,
    cast(leaks.leaked_count as double) / left_counts.left_count as leaked_share,
    {{ periods_ago("'month'", 'leaks.period_start_date') }} > 0 as is_mature
from leaks
inner join left_counts
    on
        leaks.period_start_date = left_counts.period_start_date
        and leaks.breakdown = left_counts.breakdown
        and leaks.breakdown_value = left_counts.breakdown_value
        and leaks.from_stage = left_counts.from_stage
