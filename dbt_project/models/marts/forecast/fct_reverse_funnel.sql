-- Grain: one row per quarter ahead, stage and week until its end.
with

forecasts as (select * from {{ ref('fct_revenue_forecasts') }} where not is_test and forecast_status = 'forecast'),

chances as (select * from {{ ref('int_forecast_chances') }} where entity_count is null)

select
    forecasts.period_start_date,
    forecasts.period_type,
    forecasts.periods_ago,
    forecasts.forecast_from,
    {{ days_after('chances.reached_date', -3) }} as creation_date,
    chances.win_chance,
    forecasts.pace_weekly_count,
    forecasts.required_weekly_count,
    forecasts.safe_weekly_count,
    forecasts.mean_won_usd * chances.win_chance * forecasts.pace_weekly_count as pace_usd,
    forecasts.mean_won_usd * chances.win_chance * forecasts.required_weekly_count as required_usd
from forecasts
inner join chances
    on
        forecasts.origin_date = chances.origin_date
        and forecasts.period_start_date = chances.start_date
        and forecasts.forecast_from = chances.stage
