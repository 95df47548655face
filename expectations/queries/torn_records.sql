-- Grain: one row per record of an entity that has not exactly one version that holds.
select
    {{ key }} as record,
    count(*) as version_count,
    count(*) filter (where is_newest) as newest_count
from {{ table }}
group by {{ key }}
having count(*) filter (where is_newest) <> 1
order by record
