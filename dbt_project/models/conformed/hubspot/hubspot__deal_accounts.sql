-- Grain: one row per deal with a company: its primary one (association type 5), else the one that came last.
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
)

select
    deal_id,
    company_id
from ranked
where company_position = 1
