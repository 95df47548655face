-- Grain: one row per e-mail sent to a person whose last word before it was an opt-out.
with

activities as (select * from {{ ref('stg_marketo__activities') }}),

email_events as (select * from {{ ref('stg_hubspot__email_events') }}),

-- What a person said and what was sent, in one line of time; 1 is an opt-out, 0 takes it back.
united as (
    select
        'marketo' as system, 'activities' as object, activity_id as record_id,
        'marketo:lead:' || cast(lead_id as string) as recipient, activity_at as occurred_at,
        case
            when activity_type_id = 9 then 1
            when activity_type_id = 13 and lower(new_value) in ('true', '1', 'yes') then 1
            when activity_type_id = 13 then 0
        end as is_opt_out
    from activities
    where activity_type_id in (6, 9) or (activity_type_id = 13 and lower(primary_attribute_value) = 'unsubscribed')
    union all
    select
        'hubspot', 'email_events', email_event_id, {{ normalize_email('email') }}, occurred_at,
        case when event_type <> 'SENT' then 1 end
    from email_events
    where event_type in ('SENT', 'STATUSCHANGE')
),

-- Of one instant the mail comes first: who opts out from a mail was sent it before.
followed as (
    select
        *,
        {{ last_known(
            'is_opt_out',
            'partition by system, recipient order by occurred_at, is_opt_out nulls first, record_id '
            ~ 'rows between unbounded preceding and 1 preceding'
        ) }} as was_opted_out
    from united
)

select
    {{ hash_key(['system', 'record_id']) }} as defect_id,
    'mail_after_opt_out' as defect_kind,
    system,
    object,
    record_id,
    case when system = 'marketo' then recipient end as related_record_id,
    cast(null as string) as detail,
    occurred_at
from followed
where is_opt_out is null and was_opted_out = 1
