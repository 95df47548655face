-- Grain: one row per currency and interval [start_date, end_date); a gap is a row without a rate.
with

told as (select * from {{ ref('int_corporate_currency') }}),

dated_rates as (
    select rates.*
    from {{ ref('conversion_rates') }} as rates
    inner join told on rates.system = told.system
),

governed_rates as (select * from {{ ref('currency_rates') }}),

-- The CRM's rates are units per unit of the corporate currency.
corporate as (
    select coalesce(max(currency_code), '{{ var("reporting_currency") }}') as currency_code
    from told
),

crm_rates as (
    select
        dated_rates.currency_code,
        dated_rates.start_date,
        dated_rates.end_date,
        dated_rates.conversion_rate
    from dated_rates
    left join governed_rates on dated_rates.currency_code = governed_rates.currency_code
    where governed_rates.currency_code is null
),

-- What one unit of the reporting currency's base is worth: 1 when the CRM's base is the reporting currency.
reporting_base as (
    select
        start_date,
        end_date,
        conversion_rate
    from crm_rates
    where
        currency_code = '{{ var("reporting_currency") }}'
        and currency_code <> (select corporate.currency_code from corporate)
    union all
    select
        cast('1900-01-01' as date),
        cast(null as date),
        cast(1 as double)
    from corporate
    where currency_code = '{{ var("reporting_currency") }}'
),

base_intervals as (
    select
        start_date,
        least(
            coalesce(end_date, cast('9999-12-31' as date)),
            coalesce(lead(start_date) over (order by start_date), cast('9999-12-31' as date))
        ) as end_date,
        conversion_rate
    from reporting_base
),

-- The corporate currency is worth 1 by definition, whether or not its own rows arrived.
all_crm_rates as (
    select * from crm_rates
    where currency_code <> (select corporate.currency_code from corporate)
    union all
    select
        currency_code,
        cast('1900-01-01' as date),
        cast(null as date),
        cast(1 as double)
    from corporate
),

intervals as (
    select
        currency_code,
        start_date,
        end_date,
        conversion_rate,
        cast(1 as double) as base_rate
    from governed_rates
    union all
    select
        rates.currency_code,
        greatest(rates.start_date, base_intervals.start_date),
        least(coalesce(rates.end_date, cast('9999-12-31' as date)), base_intervals.end_date),
        rates.conversion_rate,
        base_intervals.conversion_rate as base_rate
    from all_crm_rates as rates
    inner join base_intervals
        on
            rates.start_date < base_intervals.end_date
            and coalesce(rates.end_date, cast('9999-12-31' as date)) > base_intervals.start_date
),

neighbours as (
    select
        currency_code,
        start_date,
        coalesce(end_date, cast('9999-12-31' as date)) as stated_end_date,
        conversion_rate,
        base_rate,
        lead(start_date) over (partition by currency_code order by start_date) as next_start_date,
        max(coalesce(end_date, cast('9999-12-31' as date))) over (
            partition by currency_code order by start_date rows between unbounded preceding and 1 preceding
        ) as earlier_end_date
    from intervals
    where currency_code <> '{{ var("reporting_currency") }}'
),

-- Where intervals overlap the later start wins and is marked.
rates as (
    select
        currency_code,
        start_date,
        least(stated_end_date, coalesce(next_start_date, stated_end_date)) as end_date,
        case when conversion_rate > 0 and base_rate > 0 then base_rate / conversion_rate end as reporting_rate,
        case
            when conversion_rate is null or conversion_rate <= 0 or base_rate is null or base_rate <= 0 then 'unusable'
            when earlier_end_date > start_date then 'overlap'
            else 'ok'
        end as rate_status
    from neighbours
),

gaps as (
    select
        currency_code,
        stated_end_date as start_date,
        next_start_date as end_date,
        cast(null as double) as reporting_rate,
        'gap' as rate_status
    from neighbours
    where
        stated_end_date < next_start_date
        and greatest(stated_end_date, coalesce(earlier_end_date, stated_end_date)) < next_start_date
),

reporting_currency as (
    select
        '{{ var("reporting_currency") }}' as currency_code,
        cast('1900-01-01' as date) as start_date,
        cast('9999-12-31' as date) as end_date,
        cast(1 as double) as reporting_rate,
        'ok' as rate_status
),

final as (
    select * from reporting_currency
    union all
    select * from rates
    where start_date < end_date
    union all
    select * from gaps
)

select
    currency_code,
    start_date,
    end_date,
    reporting_rate,
    rate_status
from final
