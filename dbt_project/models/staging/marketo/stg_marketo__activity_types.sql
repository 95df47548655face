-- Grain: one row per type, its newest version.
with

source as (
    select * from {{ newest_version(source('marketo', 'activity_types')) }}
),

renamed as (
    select
        -- ids
        id as activity_type_id,

        -- strings
        name as activity_type_name,
        description
    from source
)

select * from renamed
