-- Grain: one row per calendar event, its newest version.
with

source as (
    select * from {{ newest_version(source('salesforce', 'event')) }}
),

renamed as (
    select
        -- ids
        id as event_id,
        who_id,
        what_id,
        owner_id,
        created_by_id,

        -- strings
        subject,
        type as event_type,

        -- booleans
        is_child,
        _is_removed as is_deleted,

        -- dates
        activity_date,

        -- timestamps
        coalesce(start_date_time, activity_date_time) as starts_at,
        end_date_time as ends_at,
        created_date as created_at
    from source
)

select * from renamed
