-- Grain: one row per deal with a company: its primary one (association type 5), else the one that came last; where no
-- table tells of a deal, the first by number of those that the deal lists.
with

deal_companies as (
    select * from {{ ref('stg_hubspot__deal_companies') }}
    where is_newest and not coalesce(is_deleted, false)
),

ranked as (
    select
        deal_id,
        company_id,
        row_number() over (
            partition by deal_id
            order by case when association_type_id = 5 then 1 else 2 end asc, valid_from desc, company_id asc
        ) as company_position
    from deal_companies
),

listed as (
    select
        deals.deal_id,
        min(cast(listed.item as bigint)) as company_id
    from {{ ref('stg_hubspot__deals') }} as deals
    cross join {{ id_list_rows('deals.company_ids') }}
    where deals.is_newest and {{ matches('listed.item', '^[1-9][0-9]*$') }}
    group by deals.deal_id
)

select
    deal_id,
    company_id
from ranked
where company_position = 1
union all
select
    listed.deal_id,
    listed.company_id
from listed
left join {{ ref('stg_hubspot__deal_companies') }} as told on listed.deal_id = told.deal_id
where told.deal_id is null
