-- Grain: one row per engagement.
with

source as (
    select * from {{ newest_version(source('hubspot', 'engagements')) }}
),

renamed as (
    select
        -- ids
        engagement_id,
        contact_id,
        hubspot_owner_id as owner_id,

        -- strings
        type as engagement_type,
        engagement_source,

        -- timestamps
        {{ adapter.quote('timestamp') }} as engaged_at,
        createdate as created_at
    from source
)

select * from renamed
