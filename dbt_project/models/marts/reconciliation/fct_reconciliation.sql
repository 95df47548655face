-- Grain: one row per period type (week, month, 13_weeks), period and core count.
-- A period is complete when each role's extracts tell of all of it, the promise of the sync included.
-- A week with too little to judge is judged together with as many complete weeks before it as it takes, up to a year; a
-- month and a run of 13 weeks stand for themselves.
-- The largest |a - b| / max(a, b) of any two of the three is that of the largest and the smallest.
{%- set values = 'mart_value, coalesce(map_value, mart_value), coalesce(crm_value, mart_value)' %}
{%- set largest = 'greatest(' ~ values ~ ')' %}
{%- set smallest = 'least(' ~ values ~ ')' %}
{%- set variance_rate -%}
    case
        when is_comparable and largest_value > 0
            then cast(largest_value - smallest_value as double) / cast(largest_value as double)
    end
{%- endset %}
with

by_system as (select * from {{ ref('int_core_counts_by_system') }}),

funnel as (
    select * from {{ ref('fct_funnel_counts') }}
    where funnel = 'person' and period_type in ('week', 'month') and breakdown = 'all'
),

opportunities as (select * from {{ ref('fct_opportunities') }}),

core_counts as (select * from {{ ref('core_counts') }}),

delivered as (select * from {{ ref('int_role_delivered_until') }}),

-- Who counts, tells until when: of opportunities, which have no stage, that is the CRM alone.
told as (
    select
        core_counts.core_count,
        coalesce(min(delivered.delivered_until), {{ as_of() }}) as told_until
    from core_counts
    left join delivered
        on
            (delivered.system_role = 'crm' or (delivered.system_role = 'map' and core_counts.stage is not null))
            and (
                (core_counts.stage is not null and delivered.record_kind = 'person')
                or (core_counts.stage is null and delivered.record_kind = 'opportunity')
            )
    group by core_counts.core_count
),

-- A skipped stage is a mart's inference that no system can hold.
mart_values as (
    select
        funnel.period_type,
        funnel.period_start_date,
        core_counts.core_count,
        cast(funnel.entity_count - funnel.skipped_count as decimal(18, 2)) as mart_value
    from funnel
    inner join core_counts on funnel.stage = core_counts.stage
    {% for period_type in ['week', 'month'] -%}
        union all
        select
            '{{ period_type }}',
            {{ period_start(period_type, 'created_date') }},
            'opportunities',
            cast(count(*) as decimal(18, 2))
        from opportunities
        group by {{ period_start(period_type, 'created_date') }}
        union all
        select
            '{{ period_type }}',
            {{ period_start(period_type, 'created_date') }},
            'pipeline_amount',
            cast(sum(coalesce(amount_usd, 0)) as decimal(18, 2))
        from opportunities
        group by {{ period_start(period_type, 'created_date') }}
        union all
        select
            '{{ period_type }}',
            {{ period_start(period_type, 'won_date') }},
            'won_amount',
            cast(sum(coalesce(won_amount_usd, 0)) as decimal(18, 2))
        from opportunities
        where won_date is not null
        group by {{ period_start(period_type, 'won_date') }}
    {% endfor %}
),

counted as (select distinct core_count from mart_values),

-- A role whose systems never held a count has no value for it; one that did has zero in a week without.
held as (
    select
        core_count,
        max(case when system_role = 'map' then 1 else 0 end) = 1 as is_held_by_map,
        max(case when system_role = 'crm' then 1 else 0 end) = 1 as is_held_by_crm
    from by_system
    group by core_count
),

periods as (
    select period_type, period_start_date from by_system
    union
    select period_type, period_start_date from mart_values
),

ended as (
    {% for period_type in ['week', 'month'] -%}
        select *, {{ period_end(period_type, 'period_start_date') }} as period_end_date from periods
        where period_type = '{{ period_type }}'
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

valued as (
    select
        ended.period_type,
        ended.period_start_date,
        ended.period_end_date,
        core_counts.core_count,
        case when held.is_held_by_map then coalesce(map.system_value, 0) end as map_value,
        case when held.is_held_by_crm then coalesce(crm.system_value, 0) end as crm_value,
        case
            when coalesce(held.core_count, counted.core_count) is not null then coalesce(mart_values.mart_value, 0)
        end as mart_value
    from ended
    cross join core_counts
    left join held on core_counts.core_count = held.core_count
    left join counted on core_counts.core_count = counted.core_count
    left join mart_values
        on
            ended.period_type = mart_values.period_type
            and ended.period_start_date = mart_values.period_start_date
            and core_counts.core_count = mart_values.core_count
    {% for role in ['map', 'crm'] -%}
        left join by_system as {{ role }}
            on
                ended.period_type = {{ role }}.period_type
                and ended.period_start_date = {{ role }}.period_start_date
                and core_counts.core_count = {{ role }}.core_count
                and {{ role }}.system_role = '{{ role }}'
    {% endfor -%}
),

weeks as (select * from valued where period_type = 'week'),

compared as (
    select * from valued
    union all
    select
        '13_weeks',
        {{ days_after('newest.period_start_date', -84) }},
        newest.period_end_date,
        newest.core_count,
        sum(weeks.map_value),
        sum(weeks.crm_value),
        sum(weeks.mart_value)
    from weeks as newest
    inner join weeks
        on
            newest.core_count = weeks.core_count
            and newest.period_start_date >= weeks.period_start_date
            and {{ days_after('newest.period_start_date', -84) }} <= weeks.period_start_date
    group by newest.period_start_date, newest.period_end_date, newest.core_count
),

judged as (
    select
        compared.*,
        cast(compared.period_end_date as timestamp) + interval '{{ var("sync_sla_hours") }}' hour <= told.told_until
            as is_complete
    from compared
    inner join told on compared.core_count = told.core_count
),

-- Each week with the weeks before it, added up backwards.
spans as (
    select
        newest.period_start_date,
        newest.core_count,
        {% for side in ['map', 'crm', 'mart'] -%}
            sum(added.{{ side }}_value) over backwards as {{ side }}_value,
        {% endfor -%}
        count(*) over backwards as week_count
    from judged as newest
    inner join judged as added
        on
            newest.core_count = added.core_count
            and newest.period_start_date >= added.period_start_date
            and {{ days_after('newest.period_start_date', -357) }} <= added.period_start_date
    where newest.is_complete and added.is_complete and newest.period_type = 'week' and added.period_type = 'week'
    window backwards as (
        partition by newest.core_count, newest.period_start_date
        order by added.period_start_date desc
        rows between unbounded preceding and current row
    )
),

period_extremes as (
    select
        *,
        {{ largest }} as largest_value,
        {{ smallest }} as smallest_value,
        map_value is not null or crm_value is not null as is_comparable
    from judged
),

period_measured as (
    select
        *,
        {{ variance_rate }} as variance_rate
    from period_extremes
),

span_extremes as (
    select
        *,
        {{ largest }} as largest_value,
        {{ smallest }} as smallest_value,
        map_value is not null or crm_value is not null as is_comparable
    from spans
),

span_measured as (
    select
        *,
        {{ variance_rate }} as variance_rate
    from span_extremes
),

-- The shortest span that holds enough to judge.
enough as (
    select
        spans.core_count,
        spans.period_start_date,
        min(spans.week_count) as week_count
    from span_measured as spans
    inner join core_counts on spans.core_count = core_counts.core_count
    where spans.largest_value >= core_counts.min_base
    group by spans.core_count, spans.period_start_date
),

verdicts as (
    select
        periods.*,
        core_counts.label,
        core_counts.unit,
        core_counts.owner,
        core_counts.warn_variance_rate,
        core_counts.fail_variance_rate,
        core_counts.min_base,
        cast(enough.week_count as bigint) as judged_week_count,
        case
            when periods.period_type = 'week' then spans.variance_rate
            when periods.is_complete and periods.largest_value >= core_counts.min_base then periods.variance_rate
        end as judged_variance_rate,
        case
            when periods.period_type = 'week' then enough.week_count is not null
            else periods.largest_value >= core_counts.min_base
        end as has_enough
    from period_measured as periods
    inner join core_counts on periods.core_count = core_counts.core_count
    left join enough
        on
            periods.period_type = 'week'
            and periods.core_count = enough.core_count
            and periods.period_start_date = enough.period_start_date
    left join span_measured as spans
        on
            periods.period_type = 'week'
            and periods.core_count = spans.core_count
            and periods.period_start_date = spans.period_start_date
            and enough.week_count = spans.week_count
)

select
    period_type,
    period_start_date,
    period_end_date,
    case
        when period_type = '13_weeks'
            then {{ periods_ago("'week'", days_after('period_end_date', -7)) }}
        else {{ periods_ago('period_type', 'period_start_date') }}
    end as periods_ago,
    core_count,
    label as core_count_label,
    unit,
    owner,
    cast(map_value as decimal(18, 2)) as map_value,
    cast(crm_value as decimal(18, 2)) as crm_value,
    cast(mart_value as decimal(18, 2)) as mart_value,
    cast(largest_value - smallest_value as decimal(18, 2)) as variance_value,
    variance_rate,
    judged_week_count,
    judged_variance_rate,
    warn_variance_rate,
    fail_variance_rate,
    min_base,
    is_complete,
    case
        when not is_complete or not is_comparable then 'no_data'
        when not has_enough then 'too_few'
        when judged_variance_rate >= fail_variance_rate then 'fail'
        when judged_variance_rate >= warn_variance_rate then 'warn'
        else 'ok'
    end as reconciliation_status
from verdicts
