-- Grain: one row per lead merged away and activity that says so.
with

activities as (select * from {{ ref('marketo__activities') }} where activity_type_id = 32)

select distinct
    'marketo:lead:' || cast(activities.lead_id as string) as surviving_record_id,
    'marketo:lead:' || listed.item as merged_record_id,
    'activity ' || activities.activity_id as evidence_record,
    activities.activity_at as merged_at,
    true as is_event
from activities
cross join {{ id_list_rows('activities.merge_ids') }}
where {{ matches('listed.item', '^[1-9][0-9]*$') }}
