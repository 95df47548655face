-- Grain: one row per change of a record's consent to e-mail; an address that no record has stands for itself.
-- What a record says from version to version counts only where it changes; its instant is an upper bound.
with

activities as (select * from {{ ref('stg_marketo__activities') }} where activity_type_id in (9, 13)),

contact_property_history as (
    select * from {{ ref('stg_hubspot__contact_property_history') }}
    where property_name = 'hs_email_optout'
),

email_events as (select * from {{ ref('stg_hubspot__email_events') }} where event_type = 'STATUSCHANGE'),

records as (select * from {{ ref('int_person_records_united') }}),

people as (select * from {{ ref('int_people_resolved') }}),

addresses as (
    select email_trimmed, min(person_record_id) as person_record_id
    from records
    where system = 'hubspot'
    group by email_trimmed
),

versions as (
    select 'marketo:lead:' || cast(lead_id as string) as recipient, is_unsubscribed, updated_at
    from {{ ref('stg_marketo__lead_versions') }}
    union all
    select 'salesforce:lead:' || lead_id, is_unsubscribed, updated_at from {{ ref('stg_salesforce__lead_versions') }}
    union all
    select 'salesforce:contact:' || contact_id, is_unsubscribed, updated_at
    from {{ ref('stg_salesforce__contact_versions') }}
    union all
    select 'hubspot:contact:' || cast(contact_id as string), is_unsubscribed, updated_at
    from {{ ref('stg_hubspot__contact_versions') }}
),

compared as (
    select
        recipient,
        updated_at,
        coalesce(is_unsubscribed, false) as is_withdrawn,
        coalesce(lag(is_unsubscribed) over (partition by recipient order by updated_at), false) as was_withdrawn
    from versions
),

stated as (
    select
        'marketo:lead:' || cast(lead_id as string) as recipient,
        activity_at as stated_at,
        activity_type_id = 9 or lower(new_value) in ('true', '1', 'yes') as is_withdrawn,
        'activity' as evidence,
        activity_id as source_record_id
    from activities
    where
        activity_type_id = 9
        or (lower(primary_attribute_value) = 'unsubscribed' and new_value is not null)
    union all
    select
        coalesce(
            addresses.person_record_id, 'hubspot:address:' || {{ hash_key([normalize_email('email_events.email')]) }}
        ),
        email_events.occurred_at,
        true,
        'activity',
        email_events.email_event_id
    from email_events
    left join addresses on {{ normalize_email('email_events.email') }} = addresses.email_trimmed
    union all
    select
        'hubspot:contact:' || cast(contact_id as string), changed_at, lower(property_value) in ('true', '1', 'yes'),
        'property_history', cast(contact_id as string)
    from contact_property_history
    where property_value is not null
    union all
    select recipient, updated_at, is_withdrawn, 'version', {{ split_part('recipient', ':', 3) }}
    from compared
    where is_withdrawn <> was_withdrawn
),

-- Of one instant the withdrawal is the last word.
followed as (
    select
        *,
        lag(is_withdrawn) over (
            partition by recipient order by stated_at, is_withdrawn, evidence, source_record_id
        ) as was_withdrawn
    from stated
    where stated_at <= {{ as_of() }}
),

owned as (
    select
        followed.*,
        case when followed.is_withdrawn then 'withdrawn' else 'granted' end as consent,
        people.person_record_id,
        people.person_id,
        coalesce(people.person_id, followed.recipient) as person_key
    from followed
    left join people on followed.recipient = people.person_record_id
    where followed.was_withdrawn is null or followed.was_withdrawn <> followed.is_withdrawn
)

select
    {{ hash_key(['recipient', 'stated_at', 'consent']) }} as consent_change_id,
    {{ split_part('recipient', ':', 1) }} as system,
    recipient,
    person_record_id,
    person_key,
    person_id,
    consent,
    stated_at,
    evidence,
    source_record_id,
    evidence = 'version' as is_upper_bound,
    lead(stated_at) over (partition by recipient order by stated_at, is_withdrawn) as record_until_at,
    lead(stated_at) over (partition by person_key order by stated_at, is_withdrawn, recipient) as person_until_at,
    min(case when consent = 'granted' then stated_at end) over (
        partition by person_key order by stated_at, is_withdrawn, recipient
        rows between 1 following and unbounded following
    ) as person_granted_at
from owned
