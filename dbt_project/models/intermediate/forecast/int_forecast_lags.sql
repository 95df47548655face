-- Grain: one row per day that a forecast is made of, stage and number of days after which something was won or lost:
-- the share of those who reach the stage, in millionths of a millionth, by Kaplan-Meier of what ends the wait, of which
-- the wins are a part (Aalen-Johansen). Of what comes later a forecast knows nothing.
with

entities as (select * from {{ ref('int_forecast_entities') }}),

windows as (select * from {{ ref('int_forecast_windows') }}),

origins as (select distinct origin_date from windows),

durations as (
    select
        origins.origin_date,
        entities.stage,
        coalesce(entities.won_date < origins.origin_date, false) as is_won,
        coalesce(coalesce(entities.won_date, entities.lost_date) < origins.origin_date, false) as is_gone,
        {{ days_between(
            'cast(entities.reached_date as timestamp)',
            'cast(least(coalesce(entities.won_date, entities.lost_date, origins.origin_date), origins.origin_date)'
            ~ ' as timestamp)'
        ) }} as lag_days
    from entities
    inner join origins on entities.reached_date < origins.origin_date
),

{{ kaplan_meier_curve('durations', ['origin_date', 'stage'], 'lag_days', 'is_gone') }},

wins as (
    select
        origin_date,
        stage,
        lag_days,
        sum(case when is_won then 1 else 0 end) as win_count
    from durations
    group by origin_date, stage, lag_days
),

steps as (
    select
        *,
        coalesce(lag(survival) over (partition by origin_date, stage order by duration), 1) as survival_before
    from km_curve
)

select
    steps.origin_date,
    steps.stage,
    cast(round(steps.duration, 0) as bigint) as lag_days,
    cast(round((steps.survival_before - steps.survival) * 1000000000000, 0) as bigint) as gone_units,
    cast(
        round(
            (steps.survival_before - steps.survival) * 1000000000000
            * cast(wins.win_count as double) / cast(steps.event_count as double),
            0
        ) as bigint
    ) as won_units
from steps
inner join wins
    on steps.origin_date = wins.origin_date and steps.stage = wins.stage and steps.duration = wins.lag_days
where steps.event_count > 0
