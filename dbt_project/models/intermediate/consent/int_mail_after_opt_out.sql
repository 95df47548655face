-- Grain: one row per e-mail sent to a person whose last word before was an opt-out.
-- The mail of the same instant came before it: who opts out from a mail was sent it first.
with

sends as (select * from {{ ref('email_events') }} where event_kind = 'sent'),

people as (select * from {{ ref('int_people_resolved') }}),

withdrawals as (select * from {{ ref('int_consent_changes') }} where consent = 'withdrawn'),

matched as (
    select
        sends.system,
        sends.object,
        sends.source_record_id as message_id,
        sends.recipient_id,
        sends.email_name,
        sends.occurred_at as sent_at,
        people.person_record_id,
        people.person_id,
        withdrawals.consent_change_id,
        withdrawals.recipient as opt_out_record_id,
        withdrawals.stated_at as opted_out_at,
        withdrawals.evidence as opt_out_evidence,
        case when withdrawals.recipient = sends.recipient_id then 'record' else 'person' end as opt_out_scope,
        row_number() over (
            partition by sends.system, sends.source_record_id
            order by
                case when withdrawals.recipient = sends.recipient_id then 1 else 2 end,
                withdrawals.stated_at desc,
                withdrawals.recipient asc
        ) as match_position
    from sends
    left join people on sends.recipient_id = people.person_record_id
    inner join withdrawals on coalesce(people.person_id, sends.recipient_id) = withdrawals.person_key
    where
        withdrawals.stated_at < sends.occurred_at
        and sends.occurred_at <= {{ as_of() }}
        and (
            sends.occurred_at <= coalesce(withdrawals.person_until_at, {{ as_of() }})
            or (
                withdrawals.recipient = sends.recipient_id
                and sends.occurred_at <= coalesce(withdrawals.record_until_at, {{ as_of() }})
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
