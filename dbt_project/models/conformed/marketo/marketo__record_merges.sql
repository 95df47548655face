-- Grain: one row per lead merged away and activity that says so.
with

merges as (select * from {{ ref('stg_marketo__activities') }} where activity_type_id = 32)

select
    'marketo:lead:' || cast(merges.lead_id as string) as surviving_record_id,
    'marketo:lead:' || listed.item as merged_record_id,
    'activity ' || merges.activity_id as evidence_record,
    merges.activity_at as merged_at,
    true as is_event
from merges
cross join {{ id_list_rows('merges.merge_ids') }}
where listed.item <> ''
