-- Grain: one row per channel and month.
with

touchpoints as (select * from {{ ref('fct_touchpoints') }})

select
    channel,
    {{ month_start('touchpoint_date') }} as month_start_date,
    count(*) as touch_count,
    count(distinct person_id) as person_count
from touchpoints
group by channel, {{ month_start('touchpoint_date') }}
