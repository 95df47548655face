-- Grain: one row: how far the newest complete day's volume lies from the days of its season.
-- Leave-one-out: the tested day is in none of its baselines. A day is compared with the 8 same weekdays before it and
-- with the same day, counted from the start and from the end, of the 8 months before; the most forgiving season
-- decides, so that neither a weekend nor a month's end alarms. The scale is 1.4826 x MAD (the normal distribution's
-- sigma), at least a tenth of the median and one row, so that a regular table does not alarm over a handful of rows.
with

daily as (
    select
        {{ cursor }}::date as day,
        {{ 'count(distinct ' ~ counted ~ ')' if counted is defined else 'count(*)' }} as row_count
    from {{ table }}
    where {{ cursor }} <= {{ as_of }}
    group by all
),

tested as (
    select least(max(day), {{ as_of }}::date - 1) as day
    from daily
),

calendar as (
    select unnest(generate_series(min(day), max(day), interval 1 day))::date as day
    from daily
),

earlier as (
    select
        calendar.day,
        tested.day as tested_day,
        coalesce(daily.row_count, 0) as row_count
    from calendar
    inner join tested on calendar.day < tested.day and calendar.day >= tested.day - interval 8 months
    left join daily on calendar.day = daily.day
),

peers as (
    select 'weekday' as season, row_count from earlier
    where isodow(day) = isodow(tested_day) and day >= tested_day - 56
    union all
    select 'day of month' as season, row_count from earlier
    where day(day) = day(tested_day)
    union all
    select 'day before month end' as season, row_count from earlier
    where last_day(day) - day = last_day(tested_day) - tested_day
),

baselines as (
    select
        season,
        median(row_count) as expected_count,
        greatest(1.4826 * mad(row_count), median(row_count) / 10, 1) as scale
    from peers
    group by season
    having count(*) >= 4
)

select
    tested.day as tested_day,
    coalesce(daily.row_count, 0) as row_count,
    baselines.season,
    baselines.expected_count,
    abs(coalesce(daily.row_count, 0) - baselines.expected_count) / baselines.scale as score
from tested
left join daily on tested.day = daily.day
left join baselines on true
order by score nulls last
limit 1
