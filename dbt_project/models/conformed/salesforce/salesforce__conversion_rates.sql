-- Grain: one row per currency and first day of a rate: units per unit of the corporate currency.
-- An organisation without dated rates, or a currency without, has the rate of its list of currencies: the first that
-- was delivered for all days before, and a later one from the day on which it was.
with

rates as (select * from {{ ref('stg_salesforce__dated_conversion_rates') }}),

currency_types as (select * from {{ ref('stg_salesforce__currency_types') }}),

listed as (
    select
        upper(currency_types.currency_code) as currency_code,
        {{ reporting_date('currency_types.valid_from') }} as told_date,
        currency_types.conversion_rate,
        row_number() over (
            partition by upper(currency_types.currency_code), {{ reporting_date('currency_types.valid_from') }}
            order by currency_types.valid_from desc
        ) as told_position
    from currency_types
    left join rates on upper(currency_types.currency_code) = upper(rates.currency_code)
    where
        rates.currency_code is null
        and currency_types.conversion_rate > 0
        and not coalesce(currency_types.is_deleted, false)
        and not coalesce(currency_types.is_corporate, false)
)

select
    upper(currency_code) as currency_code,
    start_date,
    end_date,
    cast(conversion_rate as double) as conversion_rate
from rates
union all
select
    currency_code,
    case
        when lag(told_date) over (partition by currency_code order by told_date) is null then cast('1900-01-01' as date)
        else told_date
    end,
    lead(told_date) over (partition by currency_code order by told_date),
    cast(conversion_rate as double)
from listed
where told_position = 1
