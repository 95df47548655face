-- Grain: one row per activity that moves a lead's lifecycle stage or its status in a program.
with

activities as (
    select * from {{ ref('marketo__activities') }}
    where
        activity_type_id = 104
        or (activity_type_id = 13 and lower(primary_attribute_value) = 'lifecycle stage')
)

select
    'activity' as object,
    case when activity_type_id = 104 then 'Change Status in Progression' else 'Lifecycle Stage' end as field,
    coalesce(new_value, new_status) as value,
    'marketo:lead:' || cast(lead_id as string) as person_record_id,
    activity_id as source_record_id,
    activity_at as stated_at,
    -- What the sync did, it gives its own name as the reason.
    case when lower(coalesce(change_source, '')) not like '%sync%' then change_reason end as reason
from activities
