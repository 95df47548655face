-- Grain: one row per account, its newest version.
with

source as (
    select * from {{ newest_version(source('salesforce', 'account')) }}
),

renamed as (
    select
        -- ids
        id as account_id,
        parent_id as parent_account_id,
        owner_id,
        master_record_id,

        -- strings
        name as account_name,
        website,
        industry,
        billing_country as country,
        billing_state as state,
        type as account_type,

        -- booleans
        is_deleted,

        -- numerics
        number_of_employees as employee_count,
        annual_revenue as annual_revenue_amount,

        -- timestamps
        created_date as created_at,
        last_modified_date as updated_at
    from source
)

select * from renamed
