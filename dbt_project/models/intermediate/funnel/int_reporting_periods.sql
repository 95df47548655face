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

listed as (
    select cast(days.day as date) as day
    from first_day
    cross join {{ date_rows('first_day.first_date', reporting_date(as_of())) }}
),

periods as (
    {% for period_type in ['week', 'month'] %}
        select distinct
            '{{ period_type }}' as period_type,
            {{ period_start(period_type, 'day') }} as period_start_date,
            {{ period_end(period_type, period_start(period_type, 'day')) }} as period_end_date
        from listed
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
