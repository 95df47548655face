-- Grain: one row per person record to which mail bounced since its address was last changed.
-- Soft bounces count by the mail, from the day on which the person was last seen: then a mail had arrived, or somebody
-- was there.
with

person_records as (select * from {{ ref('int_person_records') }}),

changes as (select * from {{ ref('int_hygiene_addresses') }}),

events as (
    select * from {{ ref('email_events') }}
    where event_kind in ('hard_bounced', 'soft_bounced') and occurred_at <= {{ as_of() }}
),

engaged as (select * from {{ ref('int_hygiene_last_engagements') }})

select
    events.recipient_id as person_record_id,
    max(case when events.event_kind = 'hard_bounced' then events.occurred_at end) as hard_bounced_at,
    count(
        distinct case
            when events.event_kind = 'soft_bounced' and coalesce(events.occurred_at > engaged.last_engaged_at, true)
                then coalesce(events.email_name, events.source_record_id)
        end
    ) as soft_bounce_count
from events
inner join person_records on events.recipient_id = person_records.person_record_id
left join changes on events.recipient_id = changes.person_record_id
left join engaged on person_records.person_id = engaged.person_id
where coalesce(events.occurred_at >= changes.changed_at, true)
group by events.recipient_id
