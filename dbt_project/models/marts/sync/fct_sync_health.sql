-- Grain: one row per reporting week (the period) and direction between two systems.
-- A debt is due, paid or cancelled in the week of that instant, and in the backlog at the end of every week from the
-- first to before the other; one of the current week ends with the run's instant. What a rule leaves out is counted in
-- the week in which it asked, and in nothing else.
with

owed as (select * from {{ ref('int_sync_obligations') }}),

obligations as (select * from owed where sync_status != 'excluded'),

excluded as (
    select
        from_system,
        to_system,
        {{ reporting_week('due_at') }} as week_start_date,
        count(*) as excluded_count
    from owed
    where sync_status = 'excluded'
    group by from_system, to_system, {{ reporting_week('due_at') }}
),

weeks as (
    select period_start_date as week_start_date from {{ ref('int_reporting_periods') }}
    where period_type = 'week'
),

errors as (
    select
        from_system,
        to_system,
        {{ reporting_week('first_seen_at') }} as week_start_date,
        count(distinct person_record_id) as error_count
    from {{ ref('fct_sync_errors') }}
    group by from_system, to_system, {{ reporting_week('first_seen_at') }}
),

dated as (
    select
        *,
        {{ reporting_week('due_at') }} as due_week,
        {{ reporting_week('synced_at') }} as synced_week,
        {{ reporting_week('cancelled_at') }} as cancelled_week,
        case when is_overdue then {{ reporting_week('promised_at') }} end as overdue_week
    from obligations
),

directions as (
    select direction, from_system, to_system, min({{ reporting_week('due_at') }}) as first_week
    from owed
    group by direction, from_system, to_system
),

spine as (
    select directions.*, weeks.week_start_date
    from directions
    inner join weeks on directions.first_week <= weeks.week_start_date
),

due as (
    select from_system, to_system, due_week as week_start_date, count(*) as due_count
    from dated
    group by from_system, to_system, due_week
),

synced as (
    select
        from_system,
        to_system,
        synced_week as week_start_date,
        count(*) as synced_count,
        {{ percentile('latency_hours', 0.5) }} as latency_p50_hours,
        {{ percentile('latency_hours', 0.9) }} as latency_p90_hours,
        {{ percentile('latency_hours', 0.99) }} as latency_p99_hours
    from dated
    where sync_status = 'synced'
    group by from_system, to_system, synced_week
),

cancelled as (
    select from_system, to_system, cancelled_week as week_start_date, count(*) as cancelled_count
    from dated
    where sync_status = 'cancelled'
    group by from_system, to_system, cancelled_week
),

-- Most debts are paid within their week and never stand in a backlog.
waiting as (
    select
        dated.from_system,
        dated.to_system,
        weeks.week_start_date,
        count(*) as backlog_count,
        sum(case when dated.overdue_week <= weeks.week_start_date then 1 else 0 end) as overdue_count
    from dated
    inner join weeks
        on
            dated.due_week <= weeks.week_start_date
            and (
                dated.sync_status = 'open'
                or weeks.week_start_date < coalesce(dated.synced_week, dated.cancelled_week)
            )
    where dated.sync_status = 'open' or dated.due_week < coalesce(dated.synced_week, dated.cancelled_week)
    group by dated.from_system, dated.to_system, weeks.week_start_date
)

select
    'week' as period_type,
    spine.week_start_date as period_start_date,
    {{ periods_ago("'week'", 'spine.week_start_date') }} as periods_ago,
    spine.direction,
    spine.from_system,
    spine.to_system,
    {% for counted, name in [
        ('due', 'due'), ('synced', 'synced'), ('cancelled', 'cancelled'), ('waiting', 'backlog'),
        ('waiting', 'overdue'), ('excluded', 'excluded'), ('errors', 'error'),
    ] -%}
        cast(coalesce({{ counted }}.{{ name }}_count, 0) as bigint) as {{ name }}_count,
    {% endfor -%}
    cast(synced.latency_p50_hours as double) as latency_p50_hours,
    cast(synced.latency_p90_hours as double) as latency_p90_hours,
    cast(synced.latency_p99_hours as double) as latency_p99_hours
from spine
{% for counted in ['due', 'synced', 'cancelled', 'waiting', 'excluded', 'errors'] -%}
    left join {{ counted }}
        on
            spine.week_start_date = {{ counted }}.week_start_date
            and spine.from_system = {{ counted }}.from_system
            and spine.to_system = {{ counted }}.to_system
{% endfor %}
