-- Grain: one row per company, its newest version.
with

source as (
    select * from {{ newest_version(source('hubspot', 'companies')) }}
),

renamed as (
    select
        -- ids
        id as company_id,
        hs_parent_company_id as parent_company_id,
        hubspot_owner_id as owner_id,

        -- strings
        name as company_name,
        domain,
        industry,
        country,
        state,

        -- booleans
        is_deleted,

        -- numerics
        numberofemployees as employee_count,
        annualrevenue as annual_revenue_amount,

        -- timestamps
        createdate as created_at,
        updated_at
    from source
)

select * from renamed
