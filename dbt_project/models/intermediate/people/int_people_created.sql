-- Grain: one row per person: when their first record was made. A deleted record counts where none stands; what was
-- merged away stands as its survivor.
with

records as (select * from {{ ref('int_person_records') }})

select
    person_id,
    coalesce(
        min(case when is_merged_away or not is_deleted then created_at end), min(created_at)
    ) as created_at
from records
group by person_id
