-- Grain: one row per account, its newest version.
with

source as (
    select * from {{ newest_version(source('meta_ads', 'accounts')) }}
),

renamed as (
    select
        -- ids
        id as ad_account_id,

        -- strings
        name as ad_account_name,
        currency as currency_code,

        -- timestamps
        updated_time as updated_at
    from source
)

select * from renamed
