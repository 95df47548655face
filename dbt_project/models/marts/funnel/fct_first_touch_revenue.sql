-- Grain: one row per month of first touch (the period), channel of first touch and months since.
with

opportunities as (
    select * from {{ ref('fct_opportunities') }}
    where created_at <= {{ as_of() }}
),

first_touches as (select * from {{ ref('int_people_first_touches') }}),

months as (select * from {{ ref('int_reporting_periods') }} where period_type = 'month'),

-- An opportunity whose primary person was never touched, or that has none, begins its own cohort of unknown channel.
placed as (
    select
        coalesce(
            {{ month_start(reporting_date('first_touches.first_touch_at')) }},
            {{ month_start('opportunities.created_date') }}
        ) as first_touch_month,
        coalesce(first_touches.channel, 'unknown') as channel,
        opportunities.created_date,
        opportunities.won_date,
        coalesce(opportunities.amount_usd, 0) as amount_usd,
        coalesce(opportunities.won_amount_usd, 0) as won_amount_usd
    from opportunities
    left join first_touches on opportunities.primary_person_id = first_touches.person_id
),

cohorts as (
    select distinct
        first_touch_month,
        channel
    from placed
),

-- What was created or won before the first touch counts in its month.
counts as (
    select
        first_touch_month,
        channel,
        greatest({{ months_between('first_touch_month', 'created_date') }}, 0) as months_since,
        1 as opportunity_count,
        amount_usd as pipeline_amount_usd,
        0 as won_count,
        0 as won_amount_usd
    from placed
    union all
    select
        first_touch_month,
        channel,
        greatest({{ months_between('first_touch_month', 'won_date') }}, 0),
        0,
        0,
        1,
        won_amount_usd
    from placed
    where won_date <= {{ reporting_date(as_of()) }}
    union all
    select
        cohorts.first_touch_month,
        cohorts.channel,
        {{ months_between('cohorts.first_touch_month', 'months.period_start_date') }},
        0,
        0,
        0,
        0
    from cohorts
    inner join months on cohorts.first_touch_month <= months.period_start_date
),

totals as (
    select
        first_touch_month,
        channel,
        months_since,
        sum(opportunity_count) as opportunity_count,
        sum(pipeline_amount_usd) as pipeline_amount_usd,
        sum(won_count) as won_count,
        sum(won_amount_usd) as won_amount_usd
    from counts
    group by first_touch_month, channel, months_since
)

select
    'month' as period_type,
    first_touch_month as period_start_date,
    {{ periods_ago("'month'", 'first_touch_month') }} as periods_ago,
    channel,
    cast(months_since as bigint) as months_since,
    cast(opportunity_count as bigint) as opportunity_count,
    cast(pipeline_amount_usd as decimal(18, 2)) as pipeline_amount_usd,
    cast(won_count as bigint) as won_count,
    cast(won_amount_usd as decimal(18, 2)) as won_amount_usd,
    cast(sum(pipeline_amount_usd) over so_far as decimal(18, 2)) as cumulative_pipeline_amount_usd,
    cast(sum(won_amount_usd) over so_far as decimal(18, 2)) as cumulative_won_amount_usd
from totals
window so_far as (
    partition by first_touch_month, channel
    order by months_since
    rows between unbounded preceding and current row
)
