-- Grain: one row per month that has closed, KPI, period, breakdown and value of it.
-- The first published night after a month keeps what it saw in the lake; no later night rewrites it.
{%- set month = month_start(days_after(month_start(reporting_date(as_of())), -1)) %}
{%- set told = [
    'kpi', 'period_type', 'period_start_date', 'breakdown', 'breakdown_value', 'numerator', 'denominator', 'kpi_value',
    'target_value', 'kpi_status',
] %}
with

remembered as (select * from {{ ref('stg_lake__kpi_snapshots') }} where snapshot_at < {{ as_of() }}),

kpis as (
    select * from {{ ref('fct_kpis') }}
    where is_current or (periods_ago = 1 and period_type <> 'quarter')
),

taken as (select count(*) as row_count from remembered where snapshot_month_date = {{ month }}),

final as (
    select
        snapshot_month_date,
        snapshot_at,
        {{ told | join(', ') }}
    from remembered
    union all
    select
        {{ month }},
        {{ as_of() }},
        {% for column in told -%}
            kpis.{{ column }}{% if not loop.last %},{% endif %}
        {% endfor %}
    from kpis
    cross join taken
    where taken.row_count = 0
)

select
    {{ hash_key(['snapshot_month_date', 'kpi', 'period_start_date', 'breakdown', 'breakdown_value']) }}
        as kpi_snapshot_id,
    snapshot_month_date,
    {{ told | join(', ') }},
    {{ periods_ago('period_type', 'period_start_date') }} as periods_ago,
    snapshot_at
from final
