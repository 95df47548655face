-- Grain: one row per company and version.
with

companies as (select * from {{ ref('stg_hubspot__companies') }})

select
    'hubspot:' || cast(company_id as string) as account_record_id,
    cast(company_id as string) as record_id,
    company_name as account_name,
    domain as website,
    industry,
    country,
    state,
    employee_count,
    annual_revenue_amount,
    'hubspot:' || cast(owner_id as string) as owner_id,
    'hubspot:' || cast(parent_company_id as string) as parent_record_id,
    created_at,
    updated_at,
    is_deleted,
    valid_from,
    valid_to,
    is_newest
from companies
