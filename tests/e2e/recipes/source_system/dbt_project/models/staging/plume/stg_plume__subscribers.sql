-- Grain: one row per subscriber and version.
with

source as (
    select * from {{ every_version(source('plume', 'subscribers')) }}
),

renamed as (
    select
        -- ids
        id as subscriber_id,

        -- strings
        email,
        first_name,
        last_name,
        company as company_name,

        -- booleans
        _is_removed as is_deleted,

        -- timestamps
        created as created_at,
        changed as updated_at,

        -- version
        _valid_from as valid_from,
        _valid_to as valid_to,
        _is_newest as is_newest
    from source
)

select * from renamed
