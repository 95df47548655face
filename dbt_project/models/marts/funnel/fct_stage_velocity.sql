-- Grain: one row per funnel (person, account), period type (month, all), cohort, breakdown, value and pair of stages.
{%- set group = [
    'funnel', 'period_type', 'period_start_date', 'breakdown', 'breakdown_value', 'from_stage', 'to_stage'
] %}
with

intervals as (select * from {{ ref('int_funnel_intervals') }}),

breakdowns as (select * from {{ ref('int_funnel_breakdowns') }}),

first_months as (
    select
        funnel,
        min(cohort_month) as first_month
    from intervals
    group by funnel
),

cohorts as (
    select
        intervals.*,
        'month' as period_type,
        intervals.cohort_month as period_start_date
    from intervals
    union all
    select
        intervals.*,
        'all',
        first_months.first_month
    from intervals
    inner join first_months on intervals.funnel = first_months.funnel
),

durations as (
    select
        cohorts.funnel,
        cohorts.period_type,
        cohorts.period_start_date,
        breakdowns.breakdown,
        breakdowns.breakdown_value,
        cohorts.from_stage,
        cohorts.to_stage,
        cohorts.is_inferred,
        cohorts.is_negative,
        cohorts.reached_after_days,
        case when not cohorts.is_negative then coalesce(cohorts.reached_after_days, cohorts.observed_days) end
            as known_days
    from cohorts
    inner join breakdowns on cohorts.funnel = breakdowns.funnel and cohorts.entity_id = breakdowns.entity_id
),

{{ kaplan_meier_median('durations', group, 'known_days', 'reached_after_days is not null') }},

measured as (
    select
        {{ group | join(', ') }},
        count(*) as cohort_count,
        count(reached_after_days) as reached_count,
        sum(case when is_negative then 1 else 0 end) as negative_count,
        sum(case when is_inferred and reached_after_days is not null then 1 else 0 end) as inferred_count,
        {{ percentile('reached_after_days', 0.5) }} as median_days,
        {{ percentile('reached_after_days', 0.9) }} as p90_days
    from durations
    group by {{ group | join(', ') }}
)

select
    measured.funnel,
    measured.period_type,
    measured.period_start_date,
    {{ periods_ago('measured.period_type', 'measured.period_start_date') }} as periods_ago,
    measured.breakdown,
    measured.breakdown_value,
    measured.from_stage,
    measured.to_stage,
    cast(measured.cohort_count as bigint) as cohort_count,
    cast(measured.reached_count as bigint) as reached_count,
    cast(measured.cohort_count - measured.reached_count - measured.negative_count as bigint) as censored_count,
    cast(measured.negative_count as bigint) as negative_count,
    cast(measured.inferred_count as bigint) as inferred_count,
    cast(measured.median_days as double) as median_days,
    cast(measured.p90_days as double) as p90_days,
    cast(kaplan_meier.median_duration as double) as km_median_days
from measured
left join kaplan_meier
    on
        {% for column in group %}
            {{ 'and ' if not loop.first }}measured.{{ column }} = kaplan_meier.{{ column }}
        {% endfor %}
