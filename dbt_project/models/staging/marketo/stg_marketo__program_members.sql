-- Grain: one row per program and lead and version.
with

source as (
    select * from {{ every_version(source('marketo', 'program_members')) }}
),

renamed as (
    select
        -- ids
        program_id,
        lead_id,

        -- strings
        status_name as member_status,

        -- booleans
        reached_success as has_reached_success,
        acquired_by as is_acquired_by,

        -- timestamps
        reached_success_date as reached_success_at,
        membership_date as joined_at,
        updated_at,

        -- version
        _is_removed as is_deleted,
        _valid_from as valid_from,
        _valid_to as valid_to,
        _is_newest as is_newest
    from source
)

select * from renamed
