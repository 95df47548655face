-- Grain: one row per e-mail sent to a person whose last word before was an opt-out.
-- The mail of the same instant came before it: who opts out from a mail was sent it first.
with

activities as (select * from {{ ref('stg_marketo__activities') }} where activity_type_id = 6),

email_events as (select * from {{ ref('stg_hubspot__email_events') }} where event_type = 'SENT'),

records as (select * from {{ ref('int_person_records_united') }}),

people as (select * from {{ ref('int_people_resolved') }}),

withdrawals as (select * from {{ ref('int_consent_changes') }} where consent = 'withdrawn'),

addresses as (
    select email_trimmed, min(person_record_id) as person_record_id
    from records
    where system = 'hubspot'
    group by email_trimmed
),

sends as (
    select
        'marketo' as system, 'activities' as object, activity_id as message_id,
        'marketo:lead:' || cast(lead_id as string) as recipient, primary_attribute_value as email_name,
        activity_at as sent_at
    from activities
    union all
    select
        'hubspot', 'email_events', email_events.email_event_id,
        coalesce(
            addresses.person_record_id, 'hubspot:address:' || {{ hash_key([normalize_email('email_events.email')]) }}
        ),
        'e-mail campaign ' || cast(email_events.email_campaign_id as string), email_events.occurred_at
    from email_events
    left join addresses on {{ normalize_email('email_events.email') }} = addresses.email_trimmed
),

matched as (
    select
        sends.*,
        people.person_record_id,
        people.person_id,
        withdrawals.consent_change_id,
        withdrawals.recipient as opt_out_record_id,
        withdrawals.stated_at as opted_out_at,
        withdrawals.evidence as opt_out_evidence,
        case when withdrawals.recipient = sends.recipient then 'record' else 'person' end as opt_out_scope,
        row_number() over (
            partition by sends.system, sends.message_id
            order by
                case when withdrawals.recipient = sends.recipient then 1 else 2 end,
                withdrawals.stated_at desc,
                withdrawals.recipient asc
        ) as match_position
    from sends
    left join people on sends.recipient = people.person_record_id
    inner join withdrawals on coalesce(people.person_id, sends.recipient) = withdrawals.person_key
    where
        withdrawals.stated_at < sends.sent_at
        and sends.sent_at <= {{ as_of() }}
        and (
            sends.sent_at <= coalesce(withdrawals.person_until_at, {{ as_of() }})
            or (
                withdrawals.recipient = sends.recipient
                and sends.sent_at <= coalesce(withdrawals.record_until_at, {{ as_of() }})
            )
        )
)

select
    system,
    object,
    message_id,
    person_record_id,
    person_id,
    {{ safe_text(mask_emails('email_name')) }} as email_name,
    sent_at,
    consent_change_id,
    opt_out_record_id,
    opt_out_scope,
    opt_out_evidence,
    opted_out_at
from matched
where match_position = 1
