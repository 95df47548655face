-- Grain: one row per task and version.
with

source as (
    select * from {{ every_version(source('salesforce', 'task')) }}
),

renamed as (
    select
        -- ids
        id as task_id,
        who_id,
        what_id,
        owner_id,
        created_by_id,

        -- strings
        subject,
        status,
        type as task_type,
        task_subtype,
        call_type,

        -- booleans
        is_closed,
        coalesce(_is_removed, is_deleted) as is_deleted,

        -- dates
        activity_date,

        -- timestamps
        completed_date_time as completed_at,
        created_date as created_at,
        last_modified_date as updated_at,

        -- version
        _valid_from as valid_from,
        _valid_to as valid_to,
        _is_newest as is_newest
    from source
)

select * from renamed
