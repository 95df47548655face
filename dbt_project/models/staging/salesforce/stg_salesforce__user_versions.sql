-- Grain: one row per user or queue and version.
with

source as (
    select * from {{ every_version(source('salesforce', 'user')) }}
),

renamed as (
    select
        -- ids
        id as user_id,

        -- strings
        user_type,
        territory,

        -- booleans
        is_active,

        -- timestamps
        system_modstamp as updated_at
    from source
)

select * from renamed
