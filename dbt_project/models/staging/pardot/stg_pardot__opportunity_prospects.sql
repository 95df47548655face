-- Grain: one row per opportunity and prospect, and version.
with

source as (
    select * from {{ every_version(source('pardot', 'opportunity_prospect')) }}
),

renamed as (
    select
        -- ids
        opportunity_id,
        prospect_id,

        -- booleans
        _is_removed as is_deleted,

        -- timestamps
        updated_at,

        -- version
        _valid_from as valid_from,
        _valid_to as valid_to,
        _is_newest as is_newest
    from source
)

select * from renamed
