-- Grain: one row per currency.
with

currency_types as (select * from {{ ref('stg_salesforce__currency_types') }})

select
    upper(currency_code) as currency_code,
    is_corporate
from currency_types
where is_newest and not coalesce(is_deleted, false)
