-- Grain: one row per membership, its newest version.
with

source as (
    select * from {{ newest_version(source('pardot', 'list_membership')) }}
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
        updated_at
    from source
)

select * from renamed
