-- Grain: one row per owner and version.
with

source as (
    select * from {{ every_version(source('hubspot', 'owners')) }}
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
        lower(trim(coalesce(territory, {{ json_primary_name('teams') }}))) as territory,

        -- booleans
        archived as is_archived,

        -- timestamps
        created_at,
        updated_at,

        -- version
        _is_removed as is_deleted,
        _valid_from as valid_from,
        _valid_to as valid_to,
        _is_newest as is_newest
    from source
)

select * from renamed
