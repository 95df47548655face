-- Grain: one row per account, its newest version.
with

source as (
    select * from {{ newest_version(source('google_ads', 'accounts')) }}
),

renamed as (
    select
        -- ids
        id as ad_account_id,

        -- strings
        descriptive_name as ad_account_name,
        currency_code,
        time_zone,

        -- timestamps
        updated_at
    from source
)

select * from renamed
