-- Grain: one row per statement of a recipient's consent to e-mail: an event, or a change of the opt-out property.
with

events as (select * from {{ ref('stg_hubspot__email_events') }} where event_type = 'STATUSCHANGE'),

history as (
    select * from {{ ref('stg_hubspot__contact_property_history') }}
    where property_name = 'hs_email_optout' and property_value is not null
),

recipients as (select * from {{ ref('hubspot__recipients') }})

select
    coalesce(recipients.person_record_id, 'hubspot:address:' || {{ hash_key([normalize_email('events.email')]) }})
        as recipient_id,
    events.occurred_at as stated_at,
    true as is_withdrawn,
    'activity' as evidence,
    events.email_event_id as source_record_id
from events
left join recipients on {{ normalize_email('events.email') }} = recipients.email
union all
select
    'hubspot:contact:' || cast(contact_id as string) as recipient_id,
    changed_at as stated_at,
    lower(property_value) in ('true', '1', 'yes') as is_withdrawn,
    'property_history' as evidence,
    cast(contact_id as string) as source_record_id
from history
