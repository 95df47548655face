-- Grain: one row per client, instant and name of an event that stands there with several parameters.
select
    user_pseudo_id,
    event_timestamp,
    event_name,
    count(distinct _row_hash) as spelling_count
from raw_ga4.events
where user_pseudo_id is not null
group by user_pseudo_id, event_timestamp, event_name
having count(distinct _row_hash) > 1
order by event_timestamp desc, user_pseudo_id, event_name
