-- Grain: one row per ad, its newest version.
with

source as (
    select * from {{ newest_version(source('meta_ads', 'ads')) }}
),

renamed as (
    select
        -- ids
        id as ad_id,
        account_id as ad_account_id,
        ad_set_id,
        campaign_id as ad_campaign_id,

        -- strings
        name as ad_name,

        -- timestamps
        updated_time as updated_at
    from source
)

select * from renamed
