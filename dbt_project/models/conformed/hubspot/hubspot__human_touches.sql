-- Grain: one row per contact and call, task, meeting or mail of an owner.
-- The instant of a task is the one that it is due at; when it was done stands apart. A call that nobody answered was
-- made; one that failed, was called off or missed, or still waits, was not.
-- A deletion names the engagement alone, or any of its contacts. Contacts stand in the row, in a list of it, or in a
-- table of their own.
with

engagements as (
    select
        *,
        max(case when is_deleted then 1 else 0 end) over (partition by engagement_id) = 1 as is_gone
    from {{ ref('stg_hubspot__engagements') }}
),

contacts as (
    select engagement_id, cast(contact_id as string) as contact_id from engagements
    where contact_id is not null
    union
    select engagements.engagement_id, listed.item as contact_id
    from engagements
    cross join {{ id_list_rows('engagements.contact_ids') }}
    where {{ matches('listed.item', '^[1-9][0-9]*$') }}
    union
    select engagement_id, cast(contact_id as string) as contact_id from {{ ref('stg_hubspot__engagement_contacts') }}
    where not coalesce(is_deleted, false)
),

-- A row of the engagement alone serves each of its contacts, one that names a contact only that.
touches as (
    select
        engagements.*,
        contacts.contact_id as touched_contact_id,
        row_number() over (
            partition by engagements.engagement_id, contacts.contact_id
            order by
                case when cast(engagements.contact_id as string) = contacts.contact_id then 1 else 2 end asc,
                engagements.created_at desc nulls last, engagements.engagement_contact_id asc
        ) as place
    from engagements
    inner join contacts on engagements.engagement_id = contacts.engagement_id
    where engagements.contact_id is null or cast(engagements.contact_id as string) = contacts.contact_id
)

select
    'engagement' as object,
    'human_engagement' as field,
    case when upper(engagement_type) = 'EMAIL' then 'mail' else lower(engagement_type) end as touch_kind,
    subject,
    engagement_source as record_source,
    case
        when upper(engagement_type) = 'TASK' and coalesce(task_status, status) is not null
            then upper(coalesce(task_status, status)) = 'COMPLETED'
        when upper(engagement_type) = 'CALL' and coalesce(call_status, status) is not null
            then upper(coalesce(call_status, status)) in ('COMPLETED', 'IN_PROGRESS', 'NO_ANSWER', 'BUSY')
        when upper(engagement_type) = 'MEETING' and meeting_outcome is not null
            then upper(meeting_outcome) in ('COMPLETED', 'SCHEDULED')
    end as is_done,
    'hubspot:contact:' || touched_contact_id as person_record_id,
    cast(engagement_id as string) as source_record_id,
    'hubspot:' || cast(owner_id as string) as owner_id,
    coalesce(completed_at, engaged_at, created_at) as occurred_at
from touches
where
    place = 1
    and not is_gone
    and owner_id is not null
    and upper(engagement_type) in ('CALL', 'TASK', 'MEETING', 'EMAIL')
