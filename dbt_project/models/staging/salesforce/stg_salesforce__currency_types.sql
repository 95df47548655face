-- Grain: one row per currency, its newest version.
with

source as (
    select * from {{ newest_version(source('salesforce', 'currency_type')) }}
),

renamed as (
    select
        -- strings
        iso_code as currency_code,

        -- booleans
        is_corporate,
        is_active,

        -- numerics
        conversion_rate
    from source
    where not coalesce(_is_removed, false)
)

select * from renamed
