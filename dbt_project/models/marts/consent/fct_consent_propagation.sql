-- Grain: one row per withdrawal of consent and other live record of the person, or one where there is no other.
with

changes as (select * from {{ ref('int_consent_changes') }} where consent = 'withdrawn'),

promises as (select * from {{ ref('check_thresholds') }} where threshold = 'consent_propagation'),

-- Nobody mails a lead that became a contact.
converted as (
    select distinct person_record_id_b as person_record_id
    from {{ ref('int_identity_edges') }}
    where edge_kind = 'conversion'
),

live_records as (
    select records.*
    from {{ ref('int_person_records') }} as records
    left join converted on records.person_record_id = converted.person_record_id
    where
        records.is_delivered and not records.is_deleted and not records.is_merged_away
        and converted.person_record_id is null
),

owed as (
    select
        changes.consent_change_id,
        changes.person_id,
        changes.system,
        changes.person_record_id,
        changes.stated_at as withdrawn_at,
        changes.person_granted_at,
        changes.is_upper_bound,
        others.system as other_system,
        others.person_record_id as other_record_id,
        -- A record made later has to be born with it.
        case when others.person_record_id is not null then greatest(changes.stated_at, others.created_at) end
            as due_from_at
    from changes
    left join live_records as others
        on changes.person_id = others.person_id and changes.recipient <> others.person_record_id
),

reaches as (
    select
        owed.consent_change_id,
        owed.other_record_id,
        min(others.stated_at) as reached_at,
        min_by(others.is_upper_bound, others.stated_at) as is_upper_bound
    from owed
    inner join changes as others on owed.other_record_id = others.person_record_id
    where others.record_until_at is null or others.record_until_at > owed.due_from_at
    group by owed.consent_change_id, owed.other_record_id
),

followed as (
    select
        owed.*,
        case when reaches.reached_at < coalesce(owed.person_granted_at, {{ as_of() }}) then reaches.reached_at end
            as reached_at,
        owed.is_upper_bound or coalesce(reaches.is_upper_bound, false) as is_estimate,
        promises.warn as promised_hours
    from owed
    left join reaches
        on owed.consent_change_id = reaches.consent_change_id and owed.other_record_id = reaches.other_record_id
    left join promises on promises.threshold is not null
),

measured as (
    select
        *,
        {{ seconds_between('due_from_at', 'greatest(due_from_at, reached_at)') }} / 3600.0 as reached_hours,
        {{ seconds_between('due_from_at', 'coalesce(person_granted_at, ' ~ as_of() ~ ')') }} / 3600.0 as waited_hours
    from followed
)

select
    {{ hash_key(['consent_change_id', 'other_record_id']) }} as consent_propagation_id,
    consent_change_id,
    person_id,
    system,
    person_record_id as record_id,
    other_system,
    other_record_id,
    case
        when other_record_id is null then 'no other record'
        when reached_at <= withdrawn_at then 'already'
        when reached_at is not null then 'propagated'
        when person_granted_at is not null then 'taken back'
        when waited_hours > promised_hours then 'overdue'
        else 'pending'
    end as propagation_status,
    coalesce(
        case when reached_at is not null then reached_hours else waited_hours end > promised_hours, false
    ) as is_overdue,
    is_estimate,
    cast(promised_hours as double) as promised_hours,
    cast(case when reached_at > withdrawn_at then reached_hours end as double) as lag_hours,
    withdrawn_at,
    due_from_at,
    reached_at
from measured
