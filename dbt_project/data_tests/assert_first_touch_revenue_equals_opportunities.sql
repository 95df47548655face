-- Pipeline and revenue by first touch are those of all opportunities, to the cent.
{{ config(meta={
    'owner': 'data_engineering',
    'meaning': 'Pipeline or revenue by first touch is not that of all opportunities.',
    'remedy': 'A fault of the models, which data can\'t cause: keep the lake and report it with the rows below.',
}) }}
with

opportunities as (
    select
        count(*) as opportunity_count,
        coalesce(sum(amount_usd), 0) as pipeline_amount_usd,
        coalesce(sum(case
            when is_won and coalesce(close_date, created_date) <= {{ reporting_date(as_of()) }} then won_amount_usd
        end), 0) as won_amount_usd
    from {{ ref('fct_opportunities') }}
    where created_at <= {{ as_of() }}
),

revenue as (
    select
        coalesce(sum(opportunity_count), 0) as opportunity_count,
        coalesce(sum(pipeline_amount_usd), 0) as pipeline_amount_usd,
        coalesce(sum(won_amount_usd), 0) as won_amount_usd
    from {{ ref('fct_first_touch_revenue') }}
)

select
    opportunities.opportunity_count,
    opportunities.pipeline_amount_usd,
    opportunities.won_amount_usd,
    revenue.opportunity_count as opportunity_count_out,
    revenue.pipeline_amount_usd as pipeline_amount_usd_out,
    revenue.won_amount_usd as won_amount_usd_out
from opportunities
cross join revenue
where
    opportunities.opportunity_count <> revenue.opportunity_count
    or opportunities.pipeline_amount_usd <> revenue.pipeline_amount_usd
    or opportunities.won_amount_usd <> revenue.won_amount_usd
