-- Grain: one row per month that had closed, KPI, period, breakdown and value of it.
with

source as (select * from {{ source('lake', 'kpi_snapshots') }}),

renamed as (
    select
        -- strings
        kpi,
        period_type,
        breakdown,
        breakdown_value,
        kpi_status,

        -- numerics
        numerator,
        denominator,
        kpi_value,
        target_value,

        -- dates
        snapshot_month_date,
        period_start_date,

        -- timestamps
        snapshot_at
    from source
)

select * from renamed
