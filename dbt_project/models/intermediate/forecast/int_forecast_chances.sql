-- Grain: one row per day that a forecast is made of, quarter, stage and day of reaching it: how many, and the chance of
-- each to be won in that quarter. Of those who reached it before and wait since (`is_there`), given that; of
-- those who come later, as such: the days on which some came, and of today's forecast the middle of each week ahead.
{%- set whole = 1000000000000 %}
with

entities as (select * from {{ ref('int_forecast_entities') }}),

windows as (select * from {{ ref('int_forecast_windows') }}),

lags as (select * from {{ ref('int_forecast_lags') }}),

-- Two quarters behind the longest one are 40 weeks.
{{ numbered('weeks', 'week_number', 40) }},

stages as (select distinct stage from entities),

days as (
    select
        windows.origin_date,
        windows.start_date,
        windows.end_date,
        entities.stage,
        entities.reached_date,
        entities.reached_date < windows.origin_date as is_there,
        count(*) as entity_count
    from windows
    inner join entities
        on
            windows.end_date > entities.reached_date
            and (windows.origin_date > entities.reached_date or not windows.is_current)
            and (
                coalesce(entities.won_date, entities.lost_date) is null
                or windows.origin_date <= coalesce(entities.won_date, entities.lost_date)
                or windows.origin_date <= entities.reached_date
            )
    group by
        windows.origin_date, windows.start_date, windows.end_date, entities.stage, entities.reached_date,
        entities.reached_date < windows.origin_date
    union all
    select
        windows.origin_date,
        windows.start_date,
        windows.end_date,
        stages.stage,
        {{ days_after('windows.origin_date', '7 * weeks.week_number + 3') }},
        false,
        cast(null as bigint)
    from windows
    cross join weeks
    cross join stages
    where windows.is_current and {{ days_after('windows.origin_date', '7 * weeks.week_number + 3') }} < windows.end_date
),

summed as (
    select
        days.origin_date,
        days.start_date,
        days.end_date,
        days.stage,
        days.reached_date,
        days.is_there,
        days.entity_count,
        sum(case
            when days.is_there and {{ days_after('days.reached_date', 'lags.lag_days') }} < days.origin_date
                then lags.gone_units
            else 0
        end) as units_before,
        sum(case
            when
                {{ days_after('days.reached_date', 'lags.lag_days') }} >= days.start_date
                and {{ days_after('days.reached_date', 'lags.lag_days') }} < days.end_date
                then lags.won_units
            else 0
        end) as units_within
    from days
    inner join lags on days.origin_date = lags.origin_date and days.stage = lags.stage
    group by
        days.origin_date, days.start_date, days.end_date, days.stage, days.reached_date, days.is_there,
        days.entity_count
)

select
    origin_date,
    start_date,
    end_date,
    stage,
    reached_date,
    is_there,
    entity_count,
    case
        when units_before >= {{ whole }} then 0
        else cast(units_within as double) / cast({{ whole }} - units_before as double)
    end as win_chance
from summed
