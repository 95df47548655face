-- Grain: one row per day that a forecast is made of (today, and to be tested the first of each month whose quarters are
-- over) and quarter after that day's own: the next, and the one behind it.
with

entities as (select * from {{ ref('int_forecast_entities') }}),

history as (
    select min(reached_date) as first_date from entities
),

months as (select distinct {{ month_start('reached_date') }} as origin_date from entities),

origins as (
    select
        {{ reporting_date(as_of()) }} as origin_date,
        true as is_current
    from history
    where first_date is not null
    union all
    select
        months.origin_date,
        false
    from months
    cross join history
    where
        months.origin_date >= {{ days_after('history.first_date', var('forecast_history_days')) }}
        and months.origin_date < {{ reporting_date(as_of()) }}
),

-- So many days after the first of a quarter lie in the first month of one behind it.
windows as (
    {% for quarter, start_days, end_days in [(1, 95, 187), (2, 187, 279)] -%}
        select
            origin_date,
            is_current,
            {{ quarter }} as quarters_ahead,
            {{ month_start(days_after(quarter_start('origin_date'), start_days)) }} as start_date,
            {{ month_start(days_after(quarter_start('origin_date'), end_days)) }} as end_date
        from origins
        {{ 'union all' if not loop.last }}
    {% endfor %}
)

select *
from windows
where is_current or end_date <= {{ reporting_date(as_of()) }}
