-- Grain: one row per statement of a recipient's consent to e-mail: an event, or a change of the opt-out property.
-- A status change says which way it went; where no extract has that, it is taken for a withdrawal. A spam report too.
-- Leaving one type of mail withdraws nothing from the others: only the status of the whole portal does.
with

events as (
    select * from {{ ref('stg_hubspot__email_events') }}
    where event_type in ('STATUSCHANGE', 'SPAMREPORT', 'UNSUBSCRIBED')
),

status_changes as (select * from {{ ref('stg_hubspot__email_event_status_changes') }}),

history as (
    select * from {{ ref('stg_hubspot__contact_property_history') }}
    where property_name = 'hs_email_optout' and property_value is not null
),

recipients as (select * from {{ ref('hubspot__recipients') }}),

stated as (
    select
        events.email,
        events.occurred_at,
        events.email_event_id,
        events.event_type,
        upper(coalesce(events.subscription_status, status_changes.subscription_status)) as subscription_status,
        upper(coalesce(events.subscriptions, status_changes.subscriptions)) as subscriptions
    from events
    left join status_changes on coalesce(events.event_id, events.email_event_id) = status_changes.email_event_id
)

select
    coalesce(recipients.person_record_id, 'hubspot:address:' || {{ hash_key([normalize_email('stated.email')]) }})
        as recipient_id,
    stated.occurred_at as stated_at,
    case
        when stated.event_type <> 'STATUSCHANGE' then true
        when stated.subscription_status is not null then stated.subscription_status <> 'SUBSCRIBED'
        when {{ matches('stated.subscriptions', '"STATUS" *: *"SUBSCRIBED"') }} then false
        else true
    end as is_withdrawn,
    'activity' as evidence,
    stated.email_event_id as source_record_id
from stated
left join recipients on {{ normalize_email('stated.email') }} = recipients.email
where
    stated.event_type <> 'STATUSCHANGE'
    or stated.subscription_status is not null
    or not coalesce({{ matches('stated.subscriptions', '"STATUS" *: *"[A-Z_]+"') }}, false)
    or {{ matches('stated.subscriptions', '"STATUS" *: *"SUBSCRIBED"') }}
union all
select
    'hubspot:contact:' || cast(contact_id as string) as recipient_id,
    changed_at as stated_at,
    lower(property_value) in ('true', '1', 'yes') as is_withdrawn,
    'property_history' as evidence,
    cast(contact_id as string) as source_record_id
from history
