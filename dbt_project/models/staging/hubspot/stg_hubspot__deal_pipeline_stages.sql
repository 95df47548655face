-- Grain: one row per stage, its newest version.
with

source as (
    select * from {{ newest_version(source('hubspot', 'deal_pipeline_stages')) }}
),

renamed as (
    select
        -- ids
        stage_id,
        pipeline_id,

        -- strings
        label as stage_name,

        -- booleans
        closed_won as is_won,
        is_closed,

        -- numerics
        display_order,
        probability as probability_share
    from source
    where not coalesce(_is_removed, false)
)

select * from renamed
