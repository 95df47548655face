-- Grain: one row per account record of a CRM.
with

salesforce_accounts as (select * from {{ ref('stg_salesforce__accounts') }}),

hubspot_companies as (select * from {{ ref('stg_hubspot__companies') }}),

united as (
    select
        'salesforce' as system, account_id as record_id, account_name, website, industry, account_type, country, state,
        employee_count, annual_revenue_amount, owner_id, 'salesforce:' || parent_account_id as parent_record_id,
        'salesforce:' || master_record_id as master_record_id, coalesce(is_deleted, false) as is_deleted,
        created_at, updated_at
    from salesforce_accounts
    union all
    select
        'hubspot', cast(company_id as string), company_name, domain, industry, cast(null as string), country, state,
        employee_count, annual_revenue_amount, cast(owner_id as string),
        'hubspot:' || cast(parent_company_id as string), cast(null as string),
        coalesce(is_deleted, false), created_at, updated_at
    from hubspot_companies
),

final as (
    select
        *,
        system || ':' || record_id as account_record_id,
        {{ site_domain('website') }} as domain,
        {{ normalize_company('account_name') }} as account_name_normalized
    from united
)

select * from final
