-- Grain: one row per period type (week, month, quarter) and period from the first touch or first reach of a stage to
-- the run's instant.
{%- set today = reporting_date(as_of()) %}
with

periods as (select * from {{ ref('int_reporting_periods') }}),

quarters as (
    select distinct {{ quarter_start('period_start_date') }} as period_start_date
    from periods
    where period_type = 'month'
),

united as (
    select
        period_type,
        period_start_date,
        period_end_date
    from periods
    union all
    select
        'quarter',
        period_start_date,
        {{ period_end('quarter', 'period_start_date') }}
    from quarters
),

-- Of the running period no more is known than until the run.
final as (
    select
        *,
        least({{ days_after('period_end_date', -1) }}, {{ today }}) as last_date,
        period_end_date <= {{ today }} as is_complete
    from united
)

select * from final
