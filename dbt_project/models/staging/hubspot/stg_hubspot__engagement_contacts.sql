-- Grain: one row per engagement and contact.
with

source as (
    select * from {{ newest_version(source('hubspot', 'engagement_contacts')) }}
),

renamed as (
    select
        -- ids
        engagement_id,
        contact_id,

        -- booleans
        _is_removed as is_deleted
    from source
)

select * from renamed
