-- Grain: one row per period type (week, month) and period: the three counts of MQLs and what leads from one to another.
with

funnel as (
    select * from {{ ref('fct_funnel_counts') }}
    where funnel = 'person' and breakdown = 'all' and stage = 'mql' and period_type in ('week', 'month')
),

reconciled as (
    select reconciliation.*
    from {{ ref('fct_reconciliation') }} as reconciliation
    inner join {{ ref('core_counts') }} as core_counts on reconciliation.core_count = core_counts.core_count
    where core_counts.stage = 'mql' and reconciliation.period_type in ('week', 'month')
),

passes as (select * from {{ ref('fct_speed_to_lead') }}),

entries as (
    select
        person_id,
        is_first,
        {{ reporting_date('entered_at') }} as entered_date
    from {{ ref('int_stage_transitions') }}
    where stage = 'mql' and not is_skipped and entered_at <= {{ as_of() }}
),

passed as (
    {% for period_type in ['week', 'month'] -%}
        select
            '{{ period_type }}' as period_type,
            {{ period_start(period_type, 'mql_date') }} as period_start_date,
            count(*) as pass_count
        from passes
        where mql_at <= {{ as_of() }}
        group by {{ period_start(period_type, 'mql_date') }}
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

-- Who enters again, after an entry or after a skipped stage that stood for it.
returned as (
    {% for period_type in ['week', 'month'] -%}
        select
            '{{ period_type }}' as period_type,
            {{ period_start(period_type, 'entered_date') }} as period_start_date,
            count(*) as entry_count
        from entries
        where not is_first
        group by {{ period_start(period_type, 'entered_date') }}
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

counted as (
    select
        reconciled.period_type,
        reconciled.period_start_date,
        reconciled.period_end_date,
        reconciled.periods_ago,
        cast(coalesce(funnel.entity_count, 0) as bigint) as mql_people,
        cast(coalesce(funnel.skipped_count, 0) as bigint) as skipped_count,
        cast(coalesce(reconciled.mart_value, 0) as bigint) as mql_stamped,
        cast(coalesce(returned.entry_count, 0) as bigint) as again_count,
        cast(coalesce(passed.pass_count, 0) as bigint) as mql_passes
    from reconciled
    left join funnel
        on
            reconciled.period_type = funnel.period_type
            and reconciled.period_start_date = funnel.period_start_date
    left join returned
        on
            reconciled.period_type = returned.period_type
            and reconciled.period_start_date = returned.period_start_date
    left join passed
        on
            reconciled.period_type = passed.period_type
            and reconciled.period_start_date = passed.period_start_date
)

select
    period_type,
    period_start_date,
    period_end_date,
    periods_ago,
    mql_people,
    skipped_count,
    mql_stamped,
    again_count,
    mql_passes,
    abs(mql_people - skipped_count - mql_stamped) + abs(mql_stamped + again_count - mql_passes) as unexplained_count
from counted
