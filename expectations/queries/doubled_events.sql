-- Grain: one row per client, instant and name of an event of the newest delivery that has several parameters there.
select
    user_pseudo_id,
    event_timestamp,
    event_name,
    count(distinct _row_hash) as spelling_count
from {{ table }}
where
    user_pseudo_id is not null
    and _batch_id in (select newest.batch_id from ({% include 'newest_files.sql' %}) as newest)
group by user_pseudo_id, event_timestamp, event_name
having count(distinct _row_hash) > 1
order by event_timestamp desc, user_pseudo_id, event_name
