-- Grain: one row. What an entity holds version by version: how many records have not exactly one that holds, and how many
-- versions tell an instant that can't be.
select
    count(*) as row_count,
    coalesce(avg(case when implausible_instants is null then 0.0 else 1.0 end), 0) as implausible_share,
    (
        select count(*)
        from (
            select {{ key }} from {{ table }}
            group by {{ key }}
            having count(*) filter (where is_newest) <> 1
        )
    ) as torn_count
from {{ table }}
