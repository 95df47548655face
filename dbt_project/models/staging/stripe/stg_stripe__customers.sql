-- Grain: one row per customer, its newest version.
with

source as (
    select * from {{ newest_version(source('stripe', 'customer')) }}
),

renamed as (
    select
        -- ids
        id as stripe_customer_id,
        crm_account_id,

        -- strings
        name as customer_name,
        email,
        metadata
    from source
)

select * from renamed
