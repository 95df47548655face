-- Grain: one row per opportunity and change.
with

source as (
    select * from {{ newest_version(source('salesforce', 'opportunity_history')) }}
),

renamed as (
    select
        -- ids
        opportunity_id,
        history_id,

        -- strings
        stage_name,
        currency_iso_code as currency_code,

        -- numerics
        amount,
        probability as probability_percent,

        -- dates
        close_date,

        -- timestamps
        valid_from
    from source
)

select * from renamed
