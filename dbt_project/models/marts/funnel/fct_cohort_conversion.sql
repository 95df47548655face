-- Grain: one row per funnel (person, account), period type (week, month), cohort, breakdown, value and pair of stages.
with

intervals as (select * from {{ ref('int_funnel_intervals') }}),

breakdowns as (select * from {{ ref('int_funnel_breakdowns') }}),

counted_by_week_and_month as (
    select
        intervals.funnel,
        intervals.cohort_week,
        intervals.cohort_month,
        breakdowns.breakdown,
        breakdowns.breakdown_value,
        intervals.from_stage,
        intervals.to_stage,
        intervals.within_days,
        count(*) as cohort_count,
        sum(case when intervals.is_converted then 1 else 0 end) as converted_count
    from intervals
    inner join breakdowns on intervals.funnel = breakdowns.funnel and intervals.entity_id = breakdowns.entity_id
    group by
        intervals.funnel,
        intervals.cohort_week,
        intervals.cohort_month,
        breakdowns.breakdown,
        breakdowns.breakdown_value,
        intervals.from_stage,
        intervals.to_stage,
        intervals.within_days
),

cohorts as (
    {% for period_type in ['week', 'month'] %}
        select
            funnel,
            '{{ period_type }}' as period_type,
            cohort_{{ period_type }} as period_start_date,
            {{ period_end(period_type, 'cohort_' ~ period_type) }} as period_end_date,
            breakdown,
            breakdown_value,
            from_stage,
            to_stage,
            within_days,
            sum(cohort_count) as cohort_count,
            sum(converted_count) as converted_count
        from counted_by_week_and_month
        group by
            funnel,
            cohort_{{ period_type }},
            breakdown,
            breakdown_value,
            from_stage,
            to_stage,
            within_days
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

-- Mature when the last of the cohort had all the days.
aged as (
    select
        *,
        {{ days_after('period_end_date', 'within_days') }} <= {{ reporting_date(as_of()) }} as is_mature
    from cohorts
)

select
    funnel,
    period_type,
    period_start_date,
    {{ periods_ago('period_type', 'period_start_date') }} as periods_ago,
    breakdown,
    breakdown_value,
    from_stage,
    to_stage,
    within_days,
    cast(cohort_count as bigint) as cohort_count,
    cast(converted_count as bigint) as converted_count,
    case when is_mature then cast(converted_count as double) / cohort_count end as conversion_rate,
    is_mature
from aged
