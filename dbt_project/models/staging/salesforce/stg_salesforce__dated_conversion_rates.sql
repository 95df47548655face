-- Grain: one row per currency and interval, its newest version.
with

source as (
    select * from {{ newest_version(source('salesforce', 'dated_conversion_rate')) }}
),

renamed as (
    select
        -- strings
        iso_code as currency_code,

        -- numerics
        conversion_rate,

        -- dates
        start_date,
        next_start_date as end_date
    from source
    where not coalesce(_is_removed, false)
)

select * from renamed
