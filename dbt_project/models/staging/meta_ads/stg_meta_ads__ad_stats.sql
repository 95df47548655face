-- Grain: one row per ad and day, its newest version.
with

source as (
    select * from {{ newest_version(source('meta_ads', 'ad_insights')) }}
),

renamed as (
    select
        -- ids
        ad_id,
        account_id as ad_account_id,
        campaign_id as ad_campaign_id,

        -- strings
        account_currency as currency_code,
        actions as listed_actions,
        action_values as listed_action_values,

        -- booleans
        coalesce(_is_removed, false) as is_deleted,

        -- numerics
        impressions as impression_count,
        inline_link_clicks as click_count,
        spend as cost_amount,

        -- dates
        {{ adapter.quote('date') }} as spend_date
    from source
)

select * from renamed
