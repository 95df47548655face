-- Grain: one row per attribution setting, basis and path.
with

journeys as (select * from {{ ref('int_attribution_journeys') }})

select
    attribution_setting,
    basis,
    path,
    row_number() over (order by attribution_setting, basis, path) as path_number,
    max(touch_count) as touch_count,
    sum(case when is_converted then 1 else 0 end) as conversion_count,
    sum(case when is_converted then 0 else 1 end) as non_conversion_count,
    coalesce(sum(amount_usd), 0) as amount_usd
from journeys
group by attribution_setting, basis, path
