-- Grain: one row per CRM record of a person and spell of one owner.
with

records as (select * from {{ ref('int_person_records') }} where is_delivered),

crm_systems as (select system from {{ ref('int_system_roles') }} where system_role = 'crm'),

changes as (select * from {{ ref('ownership_changes') }}),

versions as (select * from {{ ref('people') }} where owner_id is not null),

owners as (select * from {{ ref('int_sales_owners') }}),

-- A log tells of a change; where it does not, the first version with another owner holds at the latest since.
stated as (
    select person_record_id, system, changed_at as said_at, old_owner_id, new_owner_id as owner_id, true as is_logged
    from changes
    union all
    select person_record_id, system, valid_from, cast(null as string), owner_id, false
    from versions
),

compared as (
    select
        *,
        {{ last_known(
            'owner_id',
            'partition by person_record_id order by said_at asc, is_logged desc'
            ~ ' rows between unbounded preceding and 1 preceding'
        ) }} as owner_before,
        row_number() over (partition by person_record_id order by said_at asc, is_logged desc) as statement_position
    from stated
),

-- Whom a record that never changed hands belongs to has owned it all along, if its system tracks owners at all.
tracked_systems as (
    select distinct system from compared
    where is_logged or (statement_position > 1 and owner_id <> owner_before)
),

first_owners as (
    select
        person_record_id,
        case when is_logged then old_owner_id else owner_id end as owner_id,
        said_at
    from compared
    where statement_position = 1
),

started as (
    select
        records.person_record_id,
        records.system,
        first_owners.owner_id,
        least(records.created_at, coalesce(first_owners.said_at, records.created_at)) as owned_from,
        first_owners.said_at as known_from,
        false as is_change,
        tracked_systems.system is not null as is_dated
    from records
    inner join crm_systems on records.system = crm_systems.system
    left join first_owners on records.person_record_id = first_owners.person_record_id
    left join tracked_systems on records.system = tracked_systems.system
    union all
    select
        compared.person_record_id, compared.system, compared.owner_id, compared.said_at as owned_from,
        compared.said_at as known_from, true, true
    from compared
    inner join crm_systems on compared.system = crm_systems.system
    where compared.is_logged or (compared.statement_position > 1 and compared.owner_id <> compared.owner_before)
),

followed as (
    select
        *,
        lead(owned_from) over (partition by person_record_id order by owned_from, is_change) as owned_until
    from started
)

select
    {{ hash_key(['followed.person_record_id', 'followed.owned_from', 'followed.is_change']) }} as owner_spell_id,
    followed.person_record_id,
    followed.system,
    followed.owner_id,
    coalesce(owners.owner_kind, 'nobody') as owner_kind,
    followed.owned_from,
    followed.owned_until,
    followed.known_from,
    followed.is_change,
    followed.is_dated
from followed
left join owners on followed.owner_id = owners.owner_id
