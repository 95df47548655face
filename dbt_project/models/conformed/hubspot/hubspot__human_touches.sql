-- Grain: one row per contact and call, task, meeting or mail of an owner.
-- The instant of a task is the one that it is due at; when it was done stands apart.
-- A deletion names the engagement alone, or any of its contacts.
with

engagements as (
    select
        *,
        max(case when is_deleted then 1 else 0 end) over (partition by engagement_id) = 1 as is_gone
    from {{ ref('stg_hubspot__engagements') }}
)

select
    'engagement' as object,
    'human_engagement' as field,
    case when upper(engagement_type) = 'EMAIL' then 'mail' else lower(engagement_type) end as touch_kind,
    subject,
    engagement_source as record_source,
    case
        when upper(engagement_type) = 'TASK' and task_status is not null then upper(task_status) = 'COMPLETED'
        when upper(engagement_type) = 'MEETING' and meeting_outcome is not null
            then upper(meeting_outcome) in ('COMPLETED', 'SCHEDULED')
    end as is_done,
    'hubspot:contact:' || cast(contact_id as string) as person_record_id,
    cast(engagement_id as string) as source_record_id,
    'hubspot:' || cast(owner_id as string) as owner_id,
    coalesce(completed_at, engaged_at, created_at) as occurred_at
from engagements
where
    not is_gone
    and contact_id is not null
    and owner_id is not null
    and upper(engagement_type) in ('CALL', 'TASK', 'MEETING', 'EMAIL')
