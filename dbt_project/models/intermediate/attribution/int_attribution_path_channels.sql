-- Grain: one row per path (of an attribution setting and basis) and channel in it.
with

steps as (select * from {{ ref('int_attribution_path_steps') }})

select
    path_number,
    attribution_setting,
    basis,
    channel,
    conversion_count,
    non_conversion_count,
    amount_usd,
    count(*) over (partition by path_number) as channel_count
from steps
group by path_number, attribution_setting, basis, channel, conversion_count, non_conversion_count, amount_usd
