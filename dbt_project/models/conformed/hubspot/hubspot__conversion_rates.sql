-- Grain: one row per currency and day on which a deal's worth in the company currency was told: the rate that HubSpot
-- itself used, of the largest deal, until the next that is told. Without a company currency it is no rate of anything.
with

deals as (
    select * from {{ ref('stg_hubspot__deals') }}
    where currency_code is not null and amount > 0 and home_amount > 0
),

company as (select * from {{ ref('hubspot__currencies') }} where is_corporate),

told as (
    select
        upper(deals.currency_code) as currency_code,
        {{ reporting_date('deals.valid_from') }} as start_date,
        cast(deals.amount as double) / cast(deals.home_amount as double) as conversion_rate,
        row_number() over (
            partition by upper(deals.currency_code), {{ reporting_date('deals.valid_from') }}
            order by deals.amount desc, deals.valid_from desc, deals.deal_id asc
        ) as told_position
    from deals
    cross join company
    where upper(deals.currency_code) <> company.currency_code
)

select
    currency_code,
    start_date,
    lead(start_date) over (partition by currency_code order by start_date) as end_date,
    conversion_rate
from told
where told_position = 1
