-- Grain: one row per activity that gives or withdraws a lead's consent to e-mail.
with

activities as (
    select * from {{ ref('marketo__activities') }}
    where
        activity_type_id = 9
        or (activity_type_id = 13 and lower(primary_attribute_value) = 'unsubscribed' and new_value is not null)
)

select
    'marketo:lead:' || cast(lead_id as string) as recipient_id,
    activity_at as stated_at,
    activity_type_id = 9 or lower(new_value) in ('true', '1', 'yes') as is_withdrawn,
    'activity' as evidence,
    activity_id as source_record_id
from activities
