-- Grain: one row per funnel (person, account), period type (week, month), period, breakdown, value and stage.
with

reaches as (select * from {{ ref('int_funnel_reaches') }}),

breakdowns as (select * from {{ ref('int_funnel_breakdowns') }}),

periods as (select * from {{ ref('int_reporting_periods') }}),

lifecycle_stages as (select * from {{ ref('lifecycle_stages') }} where stage <> 'anonymous'),

funnel_targets as (select * from {{ ref('funnel_targets') }}),

counted_by_day as (
    select
        reaches.funnel,
        breakdowns.breakdown,
        breakdowns.breakdown_value,
        reaches.stage,
        {{ reporting_date('reaches.first_reached_at') }} as reached_date,
        count(*) as entity_count,
        sum(case when reaches.is_skipped then 1 else 0 end) as skipped_count,
        sum(case when reaches.evidence = 'stamped' then 1 else 0 end) as stamped_count
    from reaches
    inner join breakdowns on reaches.funnel = breakdowns.funnel and reaches.entity_id = breakdowns.entity_id
    group by
        reaches.funnel,
        breakdowns.breakdown,
        breakdowns.breakdown_value,
        reaches.stage,
        {{ reporting_date('reaches.first_reached_at') }}
),

-- A zero is not a missing row: of everyone, and of whatever has a target, each period has each stage.
planned as (
    select
        funnel,
        breakdown,
        breakdown_value
    from funnel_targets
    union
    select
        funnels.funnel,
        'all',
        'all'
    from (select distinct funnel from reaches) as funnels
),

counts as (
    {% for period_type in ['week', 'month'] %}
        select
            '{{ period_type }}' as period_type,
            {{ period_start(period_type, 'reached_date') }} as period_start_date,
            funnel,
            breakdown,
            breakdown_value,
            stage,
            entity_count,
            skipped_count,
            stamped_count
        from counted_by_day
        union all
    {% endfor %}
    select
        periods.period_type,
        periods.period_start_date,
        planned.funnel,
        planned.breakdown,
        planned.breakdown_value,
        lifecycle_stages.stage,
        0,
        0,
        0
    from periods
    cross join planned
    cross join lifecycle_stages
),

totals as (
    select
        funnel,
        period_type,
        period_start_date,
        breakdown,
        breakdown_value,
        stage,
        sum(entity_count) as entity_count,
        sum(skipped_count) as skipped_count,
        sum(stamped_count) as stamped_count
    from counts
    group by funnel, period_type, period_start_date, breakdown, breakdown_value, stage
)

select
    totals.funnel,
    totals.period_type,
    totals.period_start_date,
    {{ periods_ago('totals.period_type', 'totals.period_start_date') }} as periods_ago,
    coalesce(periods.is_complete, true) as is_complete,
    totals.breakdown,
    totals.breakdown_value,
    totals.stage,
    lifecycle_stages.stage_order,
    lifecycle_stages.label as stage_label,
    cast(totals.entity_count as bigint) as entity_count,
    cast(totals.skipped_count as bigint) as skipped_count,
    cast(totals.stamped_count as bigint) as stamped_count,
    funnel_targets.target_count,
    cast(totals.entity_count as double) / nullif(funnel_targets.target_count, 0) as target_attainment
from totals
inner join lifecycle_stages on totals.stage = lifecycle_stages.stage
left join periods
    on totals.period_type = periods.period_type and totals.period_start_date = periods.period_start_date
left join funnel_targets
    on
        totals.funnel = funnel_targets.funnel
        and totals.period_type = funnel_targets.period_type
        and totals.breakdown = funnel_targets.breakdown
        and totals.breakdown_value = funnel_targets.breakdown_value
        and totals.stage = funnel_targets.stage
        and {{ holds_on('funnel_targets', 'totals.period_start_date') }}
