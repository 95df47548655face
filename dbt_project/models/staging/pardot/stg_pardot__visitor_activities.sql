-- Grain: one row per activity.
with

source as (
    select * from {{ newest_version(source('pardot', 'visitor_activity')) }}
),

renamed as (
    select
        -- ids
        id as activity_id,
        prospect_id,
        visitor_id,
        visit_id,
        type as activity_type_id,
        campaign_id,
        email_id,
        email_template_id,
        list_email_id,
        form_id,
        form_handler_id,
        landing_page_id,
        file_id,
        custom_redirect_id,
        opportunity_id,

        -- strings
        type_name as asset_type,
        details,

        -- timestamps
        created_at as occurred_at
    from source
)

select * from renamed
