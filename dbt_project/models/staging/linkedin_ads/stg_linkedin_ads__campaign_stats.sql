-- Grain: one row per campaign and day, its newest version.
with

source as (
    select * from {{ newest_version(source('linkedin_ads', 'ad_analytics_by_campaign')) }}
),

renamed as (
    select
        -- ids
        campaign_id as ad_campaign_id,

        -- strings
        currency_code,

        -- booleans
        coalesce(_is_removed, false) as is_deleted,

        -- numerics
        impressions as impression_count,
        clicks as click_count,
        cost_in_local_currency as cost_amount,
        cost_in_usd as cost_usd_reported,
        one_click_leads as lead_form_count,
        external_website_conversions as site_conversion_count,
        external_website_post_click_conversions as click_conversion_count,
        external_website_post_view_conversions as view_conversion_count,
        conversion_value_in_local_currency as conversion_value,

        -- dates
        day as spend_date
    from source
)

select * from renamed
