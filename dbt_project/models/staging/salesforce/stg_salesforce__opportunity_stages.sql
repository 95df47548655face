-- Grain: one row per stage, its newest version.
with

source as (
    select * from {{ newest_version(source('salesforce', 'opportunity_stage')) }}
),

renamed as (
    select
        -- strings
        api_name as stage_name,
        master_label as stage_label,

        -- booleans
        is_closed,
        is_won,

        -- numerics
        sort_order as stage_order,
        default_probability as probability_percent
    from source
    where not coalesce(_is_removed, false)
)

select * from renamed
