-- Grain: one row per currency and first day of a rate: units per unit of the corporate currency.
with

rates as (select * from {{ ref('stg_salesforce__dated_conversion_rates') }})

select
    upper(currency_code) as currency_code,
    start_date,
    end_date,
    cast(conversion_rate as double) as conversion_rate
from rates
