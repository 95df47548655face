-- Grain: one row per month of first touch (the period), channel of first touch, stage and months since.
with

first_touches as (select * from {{ ref('int_people_first_touches') }}),

reaches as (select * from {{ ref('int_funnel_reaches') }} where funnel = 'person'),

months as (select * from {{ ref('int_reporting_periods') }} where period_type = 'month'),

lifecycle_stages as (select * from {{ ref('lifecycle_stages') }} where stage <> 'anonymous'),

people as (
    select
        person_id,
        coalesce(channel, 'unknown') as channel,
        {{ month_start(reporting_date('first_touch_at')) }} as first_touch_month
    from first_touches
),

cohorts as (
    select
        first_touch_month,
        channel,
        count(*) as cohort_person_count
    from people
    group by first_touch_month, channel
),

-- What was reached before the first touch stands reached when it happens.
reached as (
    select
        people.first_touch_month,
        people.channel,
        reaches.stage,
        greatest(
            {{ months_between('people.first_touch_month', reporting_date('reaches.first_reached_at')) }}, 0
        ) as months_since,
        1 as person_count
    from people
    inner join reaches on people.person_id = reaches.entity_id
),

-- A month in which nobody reached the stage is a zero, up to the month of the run.
elapsed as (
    select
        cohorts.first_touch_month,
        cohorts.channel,
        {{ months_between('cohorts.first_touch_month', 'months.period_start_date') }} as months_since,
        months.is_complete
    from cohorts
    inner join months on cohorts.first_touch_month <= months.period_start_date
),

counts as (
    select
        first_touch_month,
        channel,
        stage,
        months_since,
        person_count
    from reached
    union all
    select
        elapsed.first_touch_month,
        elapsed.channel,
        lifecycle_stages.stage,
        elapsed.months_since,
        0
    from elapsed
    cross join lifecycle_stages
),

totals as (
    select
        first_touch_month,
        channel,
        stage,
        months_since,
        sum(person_count) as person_count
    from counts
    group by first_touch_month, channel, stage, months_since
),

running as (
    select
        *,
        sum(person_count) over (
            partition by first_touch_month, channel, stage
            order by months_since
            rows between unbounded preceding and current row
        ) as cumulative_person_count
    from totals
)

select
    'month' as period_type,
    running.first_touch_month as period_start_date,
    {{ periods_ago("'month'", 'running.first_touch_month') }} as periods_ago,
    running.channel,
    running.stage,
    lifecycle_stages.stage_order,
    cast(running.months_since as bigint) as months_since,
    cast(running.person_count as bigint) as person_count,
    cast(running.cumulative_person_count as bigint) as cumulative_person_count,
    cast(cohorts.cohort_person_count as bigint) as cohort_person_count,
    case
        when elapsed.is_complete
            then cast(running.cumulative_person_count as double) / cohorts.cohort_person_count
    end as cumulative_rate,
    elapsed.is_complete as is_mature
from running
inner join cohorts
    on running.first_touch_month = cohorts.first_touch_month and running.channel = cohorts.channel
inner join lifecycle_stages on running.stage = lifecycle_stages.stage
inner join elapsed
    on
        running.first_touch_month = elapsed.first_touch_month
        and running.channel = elapsed.channel
        and running.months_since = elapsed.months_since
