-- Grain: one row per registration for a webinar or event (activity types 25 and 28).
with

activities as (
    select * from {{ ref('stg_pardot__visitor_activities') }}
    where activity_type_id in (25, 28)
)

select
    'visitor_activity' as object,
    'type' as field,
    'registered' as value,
    'pardot:prospect:' || cast(prospect_id as string) as person_record_id,
    cast(activity_id as string) as source_record_id,
    occurred_at as stated_at
from activities
where prospect_id is not null
