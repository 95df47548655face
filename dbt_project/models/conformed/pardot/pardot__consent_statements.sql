-- Grain: one row per activity that gives or withdraws a prospect's consent to e-mail.
-- Activity type 12 is an unsubscription, 14 a spam complaint, 16 a re-subscription.
with

activities as (
    select * from {{ ref('stg_pardot__visitor_activities') }}
    where prospect_id is not null and activity_type_id in (12, 14, 16)
)

select
    'pardot:prospect:' || cast(prospect_id as string) as recipient_id,
    occurred_at as stated_at,
    activity_type_id <> 16 as is_withdrawn,
    'activity' as evidence,
    cast(activity_id as string) as source_record_id
from activities
