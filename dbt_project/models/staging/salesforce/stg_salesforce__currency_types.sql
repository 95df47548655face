-- Grain: one row per currency and version.
with

source as (
    select * from {{ every_version(source('salesforce', 'currency_type')) }}
),

renamed as (
    select
        -- strings
        iso_code as currency_code,

        -- booleans
        is_corporate,
        is_active,

        -- numerics
        conversion_rate,

        -- version
        coalesce(_is_removed, false) as is_deleted,
        _valid_from as valid_from,
        _is_newest as is_newest
    from source
)

select * from renamed
