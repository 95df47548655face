-- Grain: one row per activity that deletes a lead; two paths may delete it twice.
with

deletions as (select * from {{ ref('stg_marketo__activities') }} where activity_type_id in (29, 37))

select
    'marketo:lead:' || cast(lead_id as string) as person_record_id,
    activity_id as source_record_id,
    activity_at as deleted_at
from deletions
