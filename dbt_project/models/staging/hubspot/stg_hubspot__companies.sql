-- Grain: one row per company and version.
with

source as (
    select * from {{ every_version(source('hubspot', 'companies')) }}
),

renamed as (
    select
        -- ids
        id as company_id,
        hs_parent_company_id as parent_company_id,
        hubspot_owner_id as owner_id,
        salesforceaccountid as salesforce_account_id,
        hs_merged_object_ids as merged_company_ids,

        -- strings
        name as company_name,
        domain,
        industry,
        country,
        state,

        -- booleans
        coalesce(_is_removed, is_deleted) as is_deleted,

        -- numerics
        numberofemployees as employee_count,
        annualrevenue as annual_revenue_amount,

        -- timestamps
        createdate as created_at,
        updated_at,

        -- version
        _valid_from as valid_from,
        _valid_to as valid_to,
        {{- staged_custom_fields('accounts', 'hubspot.companies') }}
        _is_newest as is_newest
    from source
)

select * from renamed
