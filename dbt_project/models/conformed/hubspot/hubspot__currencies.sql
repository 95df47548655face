-- Grain: one row per currency of deals.
-- HubSpot names the company currency nowhere: it is the one that the seed declares, else the one whose deals are all
-- worth the same in it.
with

deals as (select * from {{ ref('stg_hubspot__deals') }} where currency_code is not null and amount <> 0),

declared as (select * from {{ ref('system_currencies') }} where system = 'hubspot'),

counted as (
    select
        upper(currency_code) as currency_code,
        count(home_amount) as deal_count,
        min(case when home_amount <> amount then 0 else 1 end) = 1 as is_worth_itself
    from deals
    group by upper(currency_code)
),

ranked as (
    select
        *,
        row_number() over (
            order by case when is_worth_itself and deal_count > 0 then 1 else 2 end, deal_count desc, currency_code asc
        ) as candidate_position
    from counted
),

known as (
    select
        ranked.currency_code,
        ranked.is_worth_itself and ranked.deal_count > 0 and ranked.candidate_position = 1 and declared.system is null
            as is_corporate
    from ranked
    left join declared on true
),

company as (
    select
        case when currency_code = 'reporting' then '{{ var("reporting_currency") }}' else upper(currency_code) end
            as currency_code
    from declared
)

select
    known.currency_code,
    known.is_corporate or company.currency_code is not null as is_corporate
from known
left join company on known.currency_code = company.currency_code
union all
select
    company.currency_code,
    true as is_corporate
from company
left join known on company.currency_code = known.currency_code
where known.currency_code is null
