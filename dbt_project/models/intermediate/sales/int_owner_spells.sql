-- Grain: one row per CRM record of a person and spell of one owner.
with

records as (select * from {{ ref('int_person_records') }} where is_delivered),

crm_systems as (select system from {{ ref('system_roles') }} where system_role = 'crm'),

lead_history as (
    select * from {{ ref('stg_salesforce__lead_history') }}
    where lower(field_name) in ('owner', 'ownerid')
),

contact_history as (
    select * from {{ ref('stg_hubspot__contact_property_history') }}
    where property_name = 'hubspot_owner_id'
),

owners as (select * from {{ ref('int_sales_owners') }}),

-- Salesforce tracks an owner by id, of 15 characters at times, or by name; a name that several bear says nobody.
spellings as (
    select source_owner_id as spelling, source_owner_id from owners where system = 'salesforce'
    union
    select substr(source_owner_id, 1, 15), source_owner_id from owners where system = 'salesforce'
    union
    select owner_name, min(source_owner_id)
    from owners
    where owner_name is not null
    group by owner_name
    having count(*) = 1
),

changes as (
    select
        'salesforce' as system,
        'salesforce:lead:' || lead_history.lead_id as person_record_id,
        lead_history.changed_at,
        coalesce(
            old_spellings.source_owner_id,
            case when {{ matches('lead_history.old_value', '^00[5G][0-9A-Za-z]+$') }} then lead_history.old_value end
        ) as old_owner_id,
        coalesce(
            new_spellings.source_owner_id,
            case when {{ matches('lead_history.new_value', '^00[5G][0-9A-Za-z]+$') }} then lead_history.new_value end
        ) as new_owner_id
    from lead_history
    left join spellings as old_spellings on lead_history.old_value = old_spellings.spelling
    left join spellings as new_spellings on lead_history.new_value = new_spellings.spelling
    union all
    select
        'hubspot',
        'hubspot:contact:' || cast(contact_id as string),
        changed_at,
        lag(property_value) over (partition by contact_id order by changed_at),
        property_value
    from contact_history
),

tracked_systems as (select distinct system from changes),

first_changes as (
    select
        person_record_id,
        min(changed_at) as first_changed_at,
        min_by(old_owner_id, changed_at) as first_owner_id
    from changes
    group by person_record_id
),

-- Whom a record that never changed hands belongs to has owned it all along, if the system tracks owners at all.
started as (
    select
        records.person_record_id,
        records.system,
        case
            when first_changes.person_record_id is null then records.owner_id
            else first_changes.first_owner_id
        end as source_owner_id,
        least(records.created_at, coalesce(first_changes.first_changed_at, records.created_at)) as owned_from,
        false as is_change,
        tracked_systems.system is not null as is_dated
    from records
    inner join crm_systems on records.system = crm_systems.system
    left join first_changes on records.person_record_id = first_changes.person_record_id
    left join tracked_systems on records.system = tracked_systems.system
    union all
    select person_record_id, system, new_owner_id, changed_at, true, true
    from changes
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
    followed.system || ':' || followed.source_owner_id as owner_id,
    coalesce(
        owners.owner_kind,
        case
            when followed.source_owner_id like '00G%' then 'queue'
            when followed.source_owner_id is not null then 'human'
            else 'nobody'
        end
    ) as owner_kind,
    followed.owned_from,
    followed.owned_until,
    followed.is_change,
    followed.is_dated
from followed
left join owners
    on
        followed.system = owners.system
        and followed.source_owner_id = owners.source_owner_id
