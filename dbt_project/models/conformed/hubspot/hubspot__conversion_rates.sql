-- Grain: one row per currency and day on which a deal's worth in the company currency was told: the rate that HubSpot
-- itself used, of the largest deal, until the next that is told; the first holds since the first deal of the currency.
-- Without a company currency it is no rate of anything.
with

deals as (
    select
        *,
        {{ reporting_date('valid_from') }} as told_date,
        min({{ reporting_date('created_at') }}) over (partition by upper(currency_code)) as first_deal_date
    from {{ ref('stg_hubspot__deals') }}
    where currency_code is not null
),

company as (select * from {{ ref('hubspot__currencies') }} where is_corporate),

told as (
    select
        upper(deals.currency_code) as currency_code,
        deals.told_date,
        deals.first_deal_date,
        cast(deals.amount as double) / cast(deals.home_amount as double) as conversion_rate,
        row_number() over (
            partition by upper(deals.currency_code), deals.told_date
            order by deals.amount desc, deals.valid_from desc, deals.deal_id asc
        ) as told_position
    from deals
    cross join company
    where upper(deals.currency_code) <> company.currency_code and deals.amount > 0 and deals.home_amount > 0
)

select
    currency_code,
    case
        when lag(told_date) over (partition by currency_code order by told_date) is null
            then least(told_date, coalesce(first_deal_date, told_date))
        else told_date
    end as start_date,
    lead(told_date) over (partition by currency_code order by told_date) as end_date,
    conversion_rate
from told
where told_position = 1
