-- Grain: one row per attribution setting.
with

settings as (select * from {{ ref('attribution_settings') }})

select
    attribution_setting,
    mode,
    coalesce(lookback_days, {{ var('attribution_lookback_days') }}) as lookback_days,
    setting_order = min(setting_order) over () as is_first
from settings
