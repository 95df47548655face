-- Grain: one row per person record with an address in a marketing platform: whether mail reaches it, and who reads it.
-- What the platform says of an address holds; where it says nothing its bounces tell. Engaged is who visited, clicked,
-- filled in a form or responded; opening a mail is none, for machines do that too.
with

records as (select * from {{ ref('int_hygiene_records') }} where record_kind = 'recipient'),

person_records as (select * from {{ ref('int_person_records') }}),

versions as (select * from {{ ref('people') }}),

addresses as (select * from {{ ref('int_hygiene_addresses') }}),

bounces as (select * from {{ ref('int_hygiene_bounces') }}),

role_addresses as (select * from {{ ref('int_role_addresses') }}),

engaged as (select * from {{ ref('int_hygiene_last_engagements') }}),

suspended as (
    select
        person_record_id,
        {{ newest_known('is_mail_suspended') }} as is_mail_suspended
    from versions
    group by person_record_id
),

-- Nobody can be said to bounce, or to be silent, where no extract tells of bounces or of what anybody did.
described as (
    select
        records.system,
        records.record_type,
        records.record_id,
        person_records.email_normalized,
        person_records.is_email_valid,
        person_records.is_unsubscribed as is_opted_out,
        suspended.is_mail_suspended as is_suspended,
        coalesce(addresses.is_undeliverable, bounces.hard_bounced_at is not null) as is_hard_bounced,
        bounces.hard_bounced_at,
        coalesce(bounces.soft_bounce_count, 0) as soft_bounce_count,
        count(bounces.person_record_id) over (partition by records.system) > 0 as has_bounce_events,
        count(case when addresses.has_mark then 1 end) over (partition by records.system) > 0 as has_marks,
        count(engaged.person_id) over (partition by records.system) > 0 as has_engagement,
        role_addresses.email is not null as is_role_mailbox,
        first_value(records.record_id) over (
            partition by records.system, person_records.email_normalized
            order by person_records.created_at asc nulls last, records.record_id asc
            rows between unbounded preceding and unbounded following
        ) as first_record_id,
        person_records.created_at,
        engaged.last_engaged_at
    from records
    inner join person_records on records.record_id = person_records.person_record_id
    left join addresses on records.record_id = addresses.person_record_id
    left join suspended on records.record_id = suspended.person_record_id
    left join bounces on records.record_id = bounces.person_record_id
    left join role_addresses on person_records.email_normalized = role_addresses.email
    left join engaged on records.person_id = engaged.person_id
),

judged as (
    select
        *,
        is_email_valid
        and not is_hard_bounced
        and not coalesce(is_opted_out, false)
        and not coalesce(is_suspended, false) as is_mailable
    from described
)

select
    system,
    record_type,
    record_id,
    email_normalized,
    is_opted_out,
    is_suspended,
    is_mailable,
    has_bounce_events or has_marks as has_bounces,
    case
        when is_hard_bounced then coalesce(cast(hard_bounced_at as string), 'marked by the platform')
    end as hard_bounce,
    case when has_bounce_events then cast(soft_bounce_count as string) end as soft_bounce_count,
    case when is_role_mailbox then 'mailbox of several people' end as role_mailbox,
    case when first_record_id <> record_id then first_record_id end as first_record_id,
    case
        when is_mailable and has_engagement then cast(greatest(created_at, last_engaged_at) as string)
    end as last_engaged_at,
    case when is_mailable and has_engagement then last_engaged_at is null end as is_never_engaged
from judged
