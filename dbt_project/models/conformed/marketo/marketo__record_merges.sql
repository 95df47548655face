-- Grain: one row per lead merged away and activity that says so.
with

merge_log as (select * from {{ ref('stg_marketo__activities') }} where activity_type_id = 32)

select
    'marketo:lead:' || cast(merge_log.lead_id as string) as surviving_record_id,
    'marketo:lead:' || listed.item as merged_record_id,
    'activity ' || merge_log.activity_id as evidence_record,
    merge_log.activity_at as merged_at,
    true as is_event
from merge_log
cross join {{ id_list_rows('merge_log.merge_ids') }}
where listed.item <> ''
