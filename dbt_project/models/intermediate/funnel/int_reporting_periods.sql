-- Grain: one row per period type (week, month) and period from the first touch or first reach of a stage to
-- the run's instant.
with

reaches as (select * from {{ ref('int_stage_first_reaches') }}),

first_touches as (select * from {{ ref('int_people_first_touches') }}),

first_day as (
    select min({{ reporting_date('happened_at') }}) as first_date
    from (
        select min(first_reached_at) as happened_at from reaches
        union all
        select min(first_touch_at) from first_touches
    ) as earliest
),

digits as (
    {% for digit in range(10) %}
        select {{ digit }} as digit
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

-- 100,000 days are 273 years.
days as (
    select
        {{ days_after(
            reporting_date(as_of()), '-(a.digit + 10 * b.digit + 100 * c.digit + 1000 * d.digit + 10000 * e.digit)'
        ) }} as day
    from digits as a
    cross join digits as b
    cross join digits as c
    cross join digits as d
    cross join digits as e
),

periods as (
    {% for period_type in ['week', 'month'] %}
        select distinct
            '{{ period_type }}' as period_type,
            {{ period_start(period_type, 'days.day') }} as period_start_date,
            {{ period_end(period_type, period_start(period_type, 'days.day')) }} as period_end_date
        from days
        inner join first_day on days.day >= first_day.first_date
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

final as (
    select
        period_type,
        period_start_date,
        period_end_date,
        period_end_date <= {{ reporting_date(as_of()) }} as is_complete
    from periods
)

select * from final
