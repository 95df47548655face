-- Grain: one row per user, its newest version.
with

source as (
    select * from {{ newest_version(source('salesforce', 'user')) }}
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
        user_type,
        time_zone_sid_key as time_zone,
        territory,

        -- booleans
        is_active,

        -- timestamps
        created_date as created_at,
        system_modstamp as updated_at
    from source
)

select * from renamed
