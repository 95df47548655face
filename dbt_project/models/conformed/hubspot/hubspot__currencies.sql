-- Grain: one row per currency of deals, and the company currency.
-- HubSpot names the company currency nowhere: it is the one that the seed declares, else the one whose deals are all
-- worth the same in it.
with

deals as (select * from {{ ref('stg_hubspot__deals') }} where currency_code is not null and amount <> 0),

declared as (select * from {{ ref('system_currencies') }} where system = 'hubspot'),

counted as (
    select
        upper(currency_code) as currency_code,
        count(home_amount) as told_count,
        count(case when home_amount <> amount then 1 end) as other_count
    from deals
    group by upper(currency_code)
),

worth_themselves as (
    select
        currency_code,
        row_number() over (order by told_count desc, currency_code asc) as candidate_position
    from counted
    where told_count > 0 and other_count = 0
),

company as (
    select
        case when currency_code = 'reporting' then '{{ var("reporting_currency") }}' else upper(currency_code) end
            as currency_code
    from declared
    union all
    select currency_code
    from worth_themselves
    where candidate_position = 1 and not exists (select 1 from declared)
),

named as (
    select currency_code from counted
    union
    select currency_code from company
)

select
    named.currency_code,
    company.currency_code is not null as is_corporate
from named
left join company on named.currency_code = company.currency_code
