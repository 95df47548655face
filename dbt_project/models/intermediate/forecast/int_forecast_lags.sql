-- Grain: one row per day that a forecast is made of, stage and number of days after which something was won: the share
-- of those who reach the stage, by Kaplan-Meier, in millionths of a millionth. Of what comes later a forecast knows
-- nothing.
with

entities as (select * from {{ ref('int_forecast_entities') }}),

windows as (select * from {{ ref('int_forecast_windows') }}),

origins as (select distinct origin_date from windows),

durations as (
    select
        origins.origin_date,
        entities.stage,
        coalesce(entities.won_date < origins.origin_date, false) as is_won,
        {{ days_between(
            'cast(entities.reached_date as timestamp)',
            'cast(case when entities.won_date < origins.origin_date then entities.won_date'
            ~ ' else origins.origin_date end as timestamp)'
        ) }} as lag_days
    from entities
    inner join origins on entities.reached_date < origins.origin_date
),

{{ kaplan_meier_curve('durations', ['origin_date', 'stage'], 'lag_days', 'is_won') }},

steps as (
    select
        *,
        coalesce(lag(survival) over (partition by origin_date, stage order by duration), 1) as survival_before
    from km_curve
)

select
    origin_date,
    stage,
    cast(round(duration, 0) as bigint) as lag_days,
    cast(round((survival_before - survival) * 1000000000000, 0) as bigint) as won_units
from steps
where event_count > 0
