-- Grain: one row per mail sent or link clicked; an address that no contact has stands for itself. An event that HubSpot
-- filters is a machine's.
with

events as (select * from {{ ref('stg_hubspot__email_events') }} where event_type in ('SENT', 'CLICK')),

recipients as (select * from {{ ref('hubspot__recipients') }})

select
    'email_events' as object,
    case events.event_type when 'SENT' then 'sent' else 'clicked' end as event_kind,
    events.email_event_id as source_record_id,
    coalesce(recipients.person_record_id, 'hubspot:address:' || {{ hash_key([normalize_email('events.email')]) }})
        as recipient_id,
    events.occurred_at,
    'e-mail campaign ' || cast(events.email_campaign_id as string) as email_name,
    events.link,
    coalesce(events.is_filtered, false) as is_machine
from events
left join recipients on {{ normalize_email('events.email') }} = recipients.email
