-- Grain: one row per person who counts: with a delivered record that stands, or with none delivered at all.
with

records as (select * from {{ ref('int_person_records') }})

select person_id
from records
group by person_id
having
    max(case when is_delivered then 1 else 0 end) = 0
    or max(case when is_delivered and not is_deleted and not is_merged_away then 1 else 0 end) = 1
