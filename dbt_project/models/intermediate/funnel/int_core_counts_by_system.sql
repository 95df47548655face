-- Grain: one row per system role, period type (week, month), period and core count: what the systems of that role hold
-- in their own records.
with

records as (select * from {{ ref('int_core_count_records') }})

{% for period_type in ['week', 'month'] -%}
    select
        system_role,
        '{{ period_type }}' as period_type,
        {{ period_start(period_type, 'counted_date') }} as period_start_date,
        core_count,
        cast(sum(counted_value) as decimal(18, 2)) as system_value
    from records
    group by system_role, {{ period_start(period_type, 'counted_date') }}, core_count
    {{ 'union all' if not loop.last }}
{% endfor %}
