-- Grain: one row per period type (week, month), period, breakdown, value and stage that somebody was in.
with

movements as (select * from {{ ref('int_stage_movements') }}),

periods as (select * from {{ ref('int_reporting_periods') }}),

lifecycle_stages as (select * from {{ ref('lifecycle_stages') }}),

first_movements as (
    select
        period_type,
        breakdown,
        breakdown_value,
        stage,
        min(period_start_date) as first_period
    from movements
    group by period_type, breakdown, breakdown_value, stage
),

-- Whoever stays moves no row: each period since the first has one, so that the open are carried on.
continued as (
    select
        periods.period_type,
        periods.period_start_date,
        periods.is_complete,
        first_movements.breakdown,
        first_movements.breakdown_value,
        first_movements.stage,
        coalesce(movements.first_entered_count, 0) as first_entered_count,
        coalesce(movements.entered_count, 0) as entered_count,
        coalesce(movements.left_count, 0) as left_count,
        coalesce(movements.left_forward_count, 0) as left_forward_count,
        coalesce(movements.left_backward_count, 0) as left_backward_count,
        coalesce(movements.left_reentered_count, 0) as left_reentered_count,
        coalesce(movements.left_holding_count, 0) as left_holding_count,
        coalesce(movements.left_lost_count, 0) as left_lost_count
    from first_movements
    inner join periods
        on
            first_movements.period_type = periods.period_type
            and first_movements.first_period <= periods.period_start_date
    left join movements
        on
            periods.period_type = movements.period_type
            and periods.period_start_date = movements.period_start_date
            and first_movements.breakdown = movements.breakdown
            and first_movements.breakdown_value = movements.breakdown_value
            and first_movements.stage = movements.stage
),

running as (
    select
        *,
        sum(entered_count - left_count) over (
            partition by period_type, breakdown, breakdown_value, stage
            order by period_start_date
            rows between unbounded preceding and current row
        ) as open_at_end_count
    from continued
),

stood as (
    select
        *,
        open_at_end_count - entered_count + left_count as open_at_start_count
    from running
)

select
    stood.period_type,
    stood.period_start_date,
    {{ periods_ago('stood.period_type', 'stood.period_start_date') }} as periods_ago,
    stood.is_complete,
    stood.breakdown,
    stood.breakdown_value,
    stood.stage,
    lifecycle_stages.stage_order,
    lifecycle_stages.label as stage_label,
    cast(stood.open_at_start_count + stood.first_entered_count as bigint) as in_stage_count,
    cast(stood.open_at_start_count as bigint) as open_at_start_count,
    cast(stood.entered_count as bigint) as entered_count,
    cast(stood.left_count as bigint) as left_count,
    cast(stood.open_at_end_count as bigint) as open_at_end_count,
    cast(stood.left_forward_count as bigint) as left_forward_count,
    cast(stood.left_backward_count as bigint) as left_backward_count,
    cast(stood.left_reentered_count as bigint) as left_reentered_count,
    cast(stood.left_holding_count as bigint) as left_holding_count,
    cast(stood.left_lost_count as bigint) as left_lost_count
from stood
inner join lifecycle_stages on stood.stage = lifecycle_stages.stage
where stood.open_at_start_count > 0 or stood.entered_count > 0
