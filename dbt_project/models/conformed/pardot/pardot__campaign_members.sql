-- Grain: one row per campaign, webinar or event of it, prospect and instant at which it registered for that, or came
-- (activity types 24 attended webinar, 25 registered for webinar, 28 registered for event, 29 checked in at event).
with

activities as (
    select
        *,
        'pardot:prospect:' || cast(prospect_id as string) as person_record_id,
        case when activity_type_id in (24, 25) then 'webinar' else 'event' end as event_type,
        nullif(trim(details), '') as event_name,
        coalesce(cast(campaign_id as string), 'none') || ':' || cast(prospect_id as string)
        || coalesce(':' || {{ normalize_text('details') }}, '') as source_record_id
    from {{ ref('stg_pardot__visitor_activities') }}
    where activity_type_id in (24, 25, 28, 29) and prospect_id is not null and occurred_at is not null
),

-- Whoever came has come, whatever is told later.
moments as (
    select
        source_record_id,
        person_record_id,
        campaign_id,
        min(event_name) as event_name,
        min(event_type) as event_type,
        occurred_at,
        max(case activity_type_id when 24 then 'Attended Webinar' when 29 then 'Checked In' end) as attendance
    from activities
    group by source_record_id, person_record_id, campaign_id, occurred_at
),

followed as (
    select
        *,
        min(occurred_at) over (partition by source_record_id) as joined_at,
        min(case when attendance is not null then occurred_at end) over (
            partition by source_record_id
            order by occurred_at rows between unbounded preceding and current row
        ) as responded_at,
        max(attendance) over (
            partition by source_record_id
            order by occurred_at rows between unbounded preceding and current row
        ) as reached,
        lead(occurred_at) over (partition by source_record_id order by occurred_at) as next_at
    from moments
)

select
    'campaign_member' as object,
    source_record_id,
    person_record_id,
    'pardot:' || cast(campaign_id as string) as campaign_id,
    event_name,
    event_type,
    coalesce(reached, 'Registered') as member_status,
    responded_at is not null as has_responded,
    responded_at,
    joined_at,
    occurred_at as valid_from,
    next_at as valid_to,
    next_at is null as is_newest
from followed
