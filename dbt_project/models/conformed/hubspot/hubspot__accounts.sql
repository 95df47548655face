-- Grain: one row per company and version.
with

companies as (select * from {{ ref('stg_hubspot__companies') }}),

-- The survivor lists what was merged into it; the company merged away stays as a record.
merged as (
    select
        listed.item as company_id,
        max(cast(companies.company_id as string)) as surviving_company_id
    from companies
    cross join {{ id_list_rows('companies.merged_company_ids') }}
    where {{ matches('listed.item', '^[1-9][0-9]*$') }} and listed.item <> cast(companies.company_id as string)
    group by listed.item
)

select
    'hubspot:' || cast(companies.company_id as string) as account_record_id,
    cast(companies.company_id as string) as record_id,
    companies.company_name as account_name,
    companies.domain as website,
    companies.industry,
    companies.country,
    companies.state,
    companies.employee_count,
    companies.annual_revenue_amount,
    'hubspot:' || cast(companies.owner_id as string) as owner_id,
    'hubspot:' || cast(companies.parent_company_id as string) as parent_record_id,
    'hubspot:' || merged.surviving_company_id as merged_into_record_id,
    'salesforce:' || companies.salesforce_account_id as linked_record_id,
    companies.created_at,
    companies.updated_at,
    companies.is_deleted,
    companies.valid_from,
    companies.valid_to,
    {{- conformed_custom_fields('accounts', 'hubspot.companies') }}
    companies.is_newest
from companies
left join merged on cast(companies.company_id as string) = merged.company_id
