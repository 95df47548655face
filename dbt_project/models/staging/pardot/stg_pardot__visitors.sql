-- Grain: one row per visitor, its newest version.
with

source as (
    select * from {{ newest_version(source('pardot', 'visitor')) }}
),

renamed as (
    select
        -- ids
        id as visitor_id,
        prospect_id,

        -- strings
        hostname as host_name,
        ip_address,
        source_parameter as utm_source,
        medium_parameter as utm_medium,
        campaign_parameter as utm_campaign,
        content_parameter as utm_content,
        term_parameter as utm_term,

        -- booleans
        _is_removed as is_deleted,

        -- numerics
        page_view_count,

        -- timestamps
        created_at,
        updated_at
    from source
)

select * from renamed
