-- Grain: one row per campaign and version.
with

source as (
    select * from {{ every_version(source('google_ads', 'campaigns')) }}
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
        updated_at,

        -- version
        _valid_from as valid_from,
        _valid_to as valid_to,
        _is_newest as is_newest
    from source
)

select * from renamed
