-- Grain: one row per opportunity: its money in the reporting currency, at the rate of the day of what happened.
with

opportunities as (select * from {{ ref('int_opportunities_united') }}),

milestones as (select * from {{ ref('int_opportunity_milestones') }}),

currency_rates as (select * from {{ ref('int_currency_rates') }}),

-- Pipeline is dated by the creation, revenue by the close date or, without one, by the day that it was first seen won.
dated as (
    select
        opportunities.opportunity_id,
        opportunities.amount,
        opportunities.currency_code,
        opportunities.is_won,
        {{ reporting_date('opportunities.created_at') }} as rate_date,
        case
            when opportunities.is_won
                then coalesce(
                    opportunities.close_date,
                    {{ reporting_date('coalesce(milestones.last_closed_at, opportunities.created_at)') }}
                )
        end as won_date
    from opportunities
    left join milestones on opportunities.opportunity_id = milestones.opportunity_id
)

select
    dated.opportunity_id,
    dated.rate_date,
    dated.won_date,
    cast(round(cast(dated.amount as double) * currency_rates.reporting_rate, 2) as decimal(18, 2)) as amount_usd,
    cast(round(cast(dated.amount as double) * won_rates.reporting_rate, 2) as decimal(18, 2)) as won_amount_usd,
    dated.amount is not null
    and (
        currency_rates.reporting_rate is null
        or (coalesce(dated.is_won, false) and won_rates.reporting_rate is null)
    )
        as has_missing_rate
from dated
left join currency_rates
    on
        dated.currency_code = currency_rates.currency_code
        and dated.rate_date >= currency_rates.start_date
        and dated.rate_date < currency_rates.end_date
left join currency_rates as won_rates
    on
        dated.currency_code = won_rates.currency_code
        and dated.won_date >= won_rates.start_date
        and dated.won_date < won_rates.end_date
