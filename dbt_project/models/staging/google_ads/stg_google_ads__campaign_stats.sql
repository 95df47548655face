-- Grain: one row per campaign, day, device and network, its newest version.
with

source as (
    select * from {{ newest_version(source('google_ads', 'campaign_stats')) }}
),

renamed as (
    select
        -- ids
        customer_id as ad_account_id,
        campaign_id as ad_campaign_id,

        -- strings
        device,
        ad_network_type,
        currency_code,

        -- booleans
        coalesce(_is_removed, false) as is_deleted,

        -- numerics
        impressions as impression_count,
        clicks as click_count,
        cost_micros,
        cost as cost_amount,
        conversions as conversion_count,
        conversions_value as conversion_value,
        view_through_conversions as view_through_count,

        -- dates
        {{ adapter.quote('date') }} as spend_date
    from source
)

select * from renamed
