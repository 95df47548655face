-- Grain: one row per opportunity and prospect, its newest version.
with

source as (
    select * from {{ newest_version(source('pardot', 'opportunity_prospect')) }}
),

renamed as (
    select
        -- ids
        opportunity_id,
        prospect_id,

        -- booleans
        _is_removed as is_deleted,

        -- timestamps
        updated_at
    from source
)

select * from renamed
