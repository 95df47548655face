-- Grain: one row per user and version.
with

source as (
    select * from {{ every_version(source('salesforce', 'user')) }}
),

renamed as (
    select
        -- ids
        id as user_id,
        manager_id,
        user_role_id,

        -- strings
        name as user_name,
        email,
        username as login_name,
        profile_name,
        user_type,
        time_zone_sid_key as time_zone,
        territory,

        -- booleans
        is_active,

        -- timestamps
        created_date as created_at,
        system_modstamp as updated_at,

        -- version
        _is_removed as is_deleted,
        _valid_from as valid_from,
        _valid_to as valid_to,
        _is_newest as is_newest
    from source
)

select * from renamed
