-- Grain: one row per currency and first day of a rate: units per unit of the corporate currency.
-- An organisation without dated rates, or a currency without, has the one rate of its list of currencies for all days.
with

rates as (select * from {{ ref('stg_salesforce__dated_conversion_rates') }}),

currency_types as (select * from {{ ref('stg_salesforce__currency_types') }})

select
    upper(currency_code) as currency_code,
    start_date,
    end_date,
    cast(conversion_rate as double) as conversion_rate
from rates
union all
select
    upper(currency_types.currency_code),
    cast('1900-01-01' as date),
    cast(null as date),
    cast(currency_types.conversion_rate as double)
from currency_types
left join rates on upper(currency_types.currency_code) = upper(rates.currency_code)
where
    rates.currency_code is null
    and currency_types.conversion_rate > 0
    and not coalesce(currency_types.is_corporate, false)
