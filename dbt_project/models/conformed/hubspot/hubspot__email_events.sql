-- Grain: one row per mail sent, link clicked or mail that bounced; an address that no contact has stands for itself. An
-- event that HubSpot filters is a machine's. A bounce is final for its mail; for the address only where nobody has it.
with

events as (select * from {{ ref('stg_hubspot__email_events') }} where event_type in ('SENT', 'CLICK', 'BOUNCE')),

recipients as (select * from {{ ref('hubspot__recipients') }})

select
    'email_events' as object,
    case
        when events.event_type = 'SENT' then 'sent'
        when events.event_type = 'CLICK' then 'clicked'
        when upper(events.bounce_category) = 'UNKNOWN_USER' then 'hard_bounced'
        else 'soft_bounced'
    end as event_kind,
    events.email_event_id as source_record_id,
    coalesce(recipients.person_record_id, 'hubspot:address:' || {{ hash_key([normalize_email('events.email')]) }})
        as recipient_id,
    events.occurred_at,
    'e-mail campaign ' || cast(events.email_campaign_id as string) as email_name,
    events.link,
    coalesce(events.is_filtered, false) as is_machine
from events
left join recipients on {{ normalize_email('events.email') }} = recipients.email
