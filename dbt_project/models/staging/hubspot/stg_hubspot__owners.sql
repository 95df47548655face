-- Grain: one row per owner, its newest version.
with

source as (
    select * from {{ newest_version(source('hubspot', 'owners')) }}
),

renamed as (
    select
        -- ids
        owner_id,

        -- strings
        email,
        first_name,
        last_name,
        type as owner_type,

        -- booleans
        archived as is_archived,

        -- timestamps
        created_at,
        updated_at
    from source
)

select * from renamed
