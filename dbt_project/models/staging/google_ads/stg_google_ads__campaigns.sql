-- Grain: one row per campaign, its newest version.
with

source as (
    select * from {{ newest_version(source('google_ads', 'campaigns')) }}
),

renamed as (
    select
        -- ids
        id as ad_campaign_id,
        customer_id as ad_account_id,

        -- strings
        name as ad_campaign_name,
        advertising_channel_type as campaign_type,
        status,
        tracking_url_template,

        -- timestamps
        updated_at
    from source
)

select * from renamed
