-- Grain: one row per change of a record's consent to e-mail; an address that no record has stands for itself.
-- What a record says from version to version counts only where it changes; its instant is an upper bound.
with

statements as (select * from {{ ref('consent_statements') }}),

versions as (select * from {{ ref('people') }} where is_opted_out is not null),

people as (select * from {{ ref('int_people_resolved') }}),

-- A version that says nothing changes nothing.
compared as (
    select
        person_record_id as recipient,
        valid_from,
        is_opted_out as is_withdrawn,
        coalesce(lag(is_opted_out) over (partition by person_record_id order by valid_from), false) as was_withdrawn,
        record_id
    from versions
),

stated as (
    select recipient_id as recipient, stated_at, is_withdrawn, evidence, source_record_id
    from statements
    union all
    select recipient, valid_from, is_withdrawn, 'version', record_id
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
