-- Grain: one row per membership and version.
with

source as (
    select * from {{ every_version(source('pardot', 'list_membership')) }}
),

renamed as (
    select
        -- ids
        id as list_membership_id,
        list_id,
        prospect_id,

        -- booleans
        opted_out as has_opted_out,
        _is_removed as is_deleted,

        -- timestamps
        created_at,
        updated_at,

        -- version
        _valid_from as valid_from,
        _valid_to as valid_to,
        _is_newest as is_newest
    from source
)

select * from renamed
