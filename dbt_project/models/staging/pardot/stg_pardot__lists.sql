-- Grain: one row per list, its newest version.
with

source as (
    select * from {{ newest_version(source('pardot', 'list')) }}
),

renamed as (
    select
        -- ids
        id as list_id,
        campaign_id,

        -- strings
        name as list_name,
        title as list_title,
        description,

        -- booleans
        is_public,
        is_dynamic,
        is_crm_visible,
        _is_removed as is_deleted,

        -- timestamps
        created_at,
        updated_at
    from source
)

select * from renamed
