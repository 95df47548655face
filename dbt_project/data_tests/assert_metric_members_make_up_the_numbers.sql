-- Members add up to the published numbers: of the funnel by week, channel and segment, of opportunities by day.
{{ config(meta={
    'owner': 'data_engineering',
    'meaning': 'A number and the people or opportunities behind it differ, so that a drill-down misleads.',
    'remedy': 'A fault of the models, which data can\'t cause: keep the lake and report it with the rows below.',
}) }}
with

members as (select * from {{ ref('fct_metric_members') }}),

opportunities as (select * from {{ ref('fct_opportunities') }}),

funnel as (
    select * from {{ ref('fct_funnel_counts') }}
    where funnel = 'person' and period_type = 'week' and entity_count > 0
),

told as (
    {% for breakdown in ['channel', 'segment'] -%}
        select
            metric,
            '{{ breakdown }}' as breakdown,
            {{ breakdown }} as breakdown_value,
            {{ week_start('counted_date') }} as counted_date,
            sum(counted_value) as counted_value
        from members
        where entity = 'person'
        group by metric, {{ breakdown }}, {{ week_start('counted_date') }}
        union all
    {% endfor -%}
    select metric, 'all', 'all', counted_date, sum(counted_value)
    from members
    where entity = 'opportunity'
    group by metric, counted_date
),

published as (
    select
        stage || '_people' as metric, breakdown, breakdown_value, period_start_date as counted_date,
        cast(entity_count as decimal(18, 2)) as counted_value
    from funnel
    where breakdown in ('channel', 'segment')
    union all
    select 'opportunities', 'all', 'all', created_date, cast(count(*) as decimal(18, 2))
    from opportunities
    group by created_date
    union all
    select 'pipeline_amount', 'all', 'all', created_date, sum(coalesce(amount_usd, 0))
    from opportunities
    group by created_date
    union all
    select 'won_amount', 'all', 'all', close_date, sum(coalesce(won_amount_usd, 0))
    from opportunities
    where is_won and close_date is not null
    group by close_date
)

select
    coalesce(told.metric, published.metric) as metric,
    coalesce(told.breakdown_value, published.breakdown_value) as breakdown_value,
    coalesce(told.counted_date, published.counted_date) as counted_date,
    told.counted_value as members_value,
    published.counted_value as published_value
from told
full outer join published
    on
        told.metric = published.metric
        and told.breakdown = published.breakdown
        and told.breakdown_value = published.breakdown_value
        and told.counted_date = published.counted_date
where coalesce(told.counted_value, 0) <> coalesce(published.counted_value, 0)
