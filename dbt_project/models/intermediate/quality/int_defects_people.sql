-- Grain: one row per defect of a person record: its kind, the record and, where several can be, what of it.
-- Two humans by a steward's decision are no duplicates; one human by such a decision they stay until they are merged in
-- their source, and keep their id.
with

records as (select * from {{ ref('int_person_records_united') }}),

person_records as (select * from {{ ref('int_person_records') }}),

deletions as (select * from {{ ref('record_deletions') }}),

shared as (select * from {{ ref('int_identifiers_shared') }}),

versions as (select * from {{ ref('people') }} where is_newest),

opportunities as (select * from {{ ref('opportunities') }} where is_newest),

-- Where no extract has the column, that is one finding and not each deal's.
deals as (
    select *, max(close_date) over (partition by system) is not null as has_close_dates
    from {{ ref('int_opportunity_records') }}
),

won as (
    select * from deals
    where is_won and has_close_dates and not coalesce(is_deleted, false) and not is_merged_away
),

touches as (select * from {{ ref('human_touches') }}),

members as (select * from {{ ref('campaign_members') }} where is_newest),

null_spellings as (
    select distinct {{ normalize_text('spelling') }} as spelling
    from {{ ref('null_spellings') }}
    where holds_in = 'text'
),

role_addresses as (select * from {{ ref('int_role_addresses') }}),

roles as (select * from {{ ref('int_system_roles') }}),

platforms as (select count(*) as platform_count from roles where system_role = 'map'),

-- The CRM is asked where nobody else is.
asked as (
    select distinct roles.system
    from roles
    cross join platforms
    where roles.system_role = 'map' or (roles.system_role = 'crm' and platforms.platform_count = 0)
),

critical_fields as (
    select critical_fields.*
    from {{ ref('critical_fields') }} as critical_fields
    inner join asked on critical_fields.system = asked.system
),

links as (select * from {{ ref('identity_links') }}),

unlinks as (select * from {{ ref('identity_unlinks') }}),

people_of_records as (select * from {{ ref('int_people_resolved') }}),

-- What a steward decided of two records holds of the people that they are of.
told_apart as (
    select side_a.person_id, side_b.person_id as other_person_id
    from unlinks
    inner join people_of_records as side_a on unlinks.person_record_id_a = side_a.person_record_id
    inner join people_of_records as side_b on unlinks.person_record_id_b = side_b.person_record_id
    union
    select side_b.person_id, side_a.person_id as other_person_id
    from unlinks
    inner join people_of_records as side_a on unlinks.person_record_id_a = side_a.person_record_id
    inner join people_of_records as side_b on unlinks.person_record_id_b = side_b.person_record_id
),

told_one as (
    select distinct people_of_records.person_id
    from links
    inner join people_of_records on links.person_record_id_a = people_of_records.person_record_id
),

keyed as (
    select
        records.*,
        role_addresses.email is not null as is_role_mailbox,
        substr({{ normalize_text('records.first_name') }}, 1, 1)
        || substr({{ normalize_text('records.last_name') }}, 1, 1) as initials,
        -- What several people read, or nobody can, names a person only together with the name.
        records.email_normalized || case
            when records.is_email_valid and role_addresses.email is null then ''
            else
                '|' || coalesce({{ normalize_text('records.first_name') }}, '')
                || '|' || coalesce({{ normalize_text('records.last_name') }}, '')
        end as address_key
    from records
    left join role_addresses on records.email_normalized = role_addresses.email
),

oldest as (
    select
        *,
        first_value(person_record_id) over (
            partition by system, record_type, address_key
            order by created_at, person_record_id
            rows between unbounded preceding and unbounded following
        ) as oldest_of_address,
        first_value(person_record_id) over (
            partition by system, record_type, phone_digits, initials
            order by created_at, person_record_id
            rows between unbounded preceding and unbounded following
        ) as oldest_of_phone,
        first_value(address_key) over (
            partition by system, record_type, phone_digits, initials
            order by created_at, person_record_id
            rows between unbounded preceding and unbounded following
        ) as oldest_address_key
    from keyed
),

typed as (
    {% for field in [
        'email_normalized', 'first_name', 'last_name', 'company_name', 'job_title', 'phone_digits', 'country', 'state',
        'industry', 'lead_source',
    ] -%}
        select
            system, record_type, person_record_id, created_at, '{{ field }}' as field,
            {{ field }} as value,
            converted_record_id is not null as is_converted,
            coalesce({{ matches("trim(" ~ field ~ ")", '^[=+@-]') }}, false) as is_formula
        from keyed
        {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

-- A word for nothing is no value; that it was delivered shows that the field was.
fields as (
    select typed.*, coalesce(trim(typed.value), '') = '' or null_spellings.spelling is not null as is_missing
    from typed
    left join null_spellings on {{ normalize_text('typed.value') }} = null_spellings.spelling
),

held_fields as (
    select
        system,
        record_type,
        field,
        count(value) > 0 as is_held,
        min(created_at) as first_created_at
    from fields
    group by system, record_type, field
),

defects as (
    select
        'duplicate_exact' as defect_kind, system, record_type, person_record_id as record_id,
        oldest_of_address as related_record_id, cast(null as string) as detail, created_at as occurred_at
    from oldest
    where address_key is not null and oldest_of_address <> person_record_id
    union all
    select
        'duplicate_fuzzy', system, record_type, person_record_id, oldest_of_phone, 'same phone and initials', created_at
    from oldest
    where
        phone_digits is not null and initials is not null and oldest_of_phone <> person_record_id
        and coalesce(address_key <> oldest_address_key, true)
        and coalesce(oldest_of_address = person_record_id, true)
    union all
    select
        'invalid_email', system, record_type, person_record_id, cast(null as string), cast(null as string), created_at
    from keyed
    where email_normalized is not null and not is_email_valid
    union all
    select 'role_mailbox', system, record_type, person_record_id, cast(null as string), cast(null as string), created_at
    from keyed
    where is_role_mailbox
    union all
    select
        'missing_field', fields.system, fields.record_type, fields.person_record_id, cast(null as string), fields.field,
        fields.created_at
    from fields
    inner join critical_fields
        on
            fields.system = critical_fields.system and fields.record_type = critical_fields.record_type
            and fields.field = critical_fields.field
    inner join held_fields
        on
            fields.system = held_fields.system and fields.record_type = held_fields.record_type
            and fields.field = held_fields.field
    -- A converted record is closed: what it lacks, the one that it became tells.
    where fields.is_missing and held_fields.is_held and not fields.is_converted
    union all
    -- What no record has, no extract brought: that is one finding.
    select
        'missing_field', held_fields.system, held_fields.record_type,
        held_fields.system || ':' || held_fields.record_type, cast(null as string),
        held_fields.field || ' on no record', held_fields.first_created_at
    from held_fields
    inner join critical_fields
        on
            held_fields.system = critical_fields.system and held_fields.record_type = critical_fields.record_type
            and held_fields.field = critical_fields.field
    where not held_fields.is_held
    union all
    -- A phone number is kept as digits, so its plus sign is none.
    select
        'spreadsheet_injection', system, record_type, person_record_id, cast(null as string), field, created_at
    from fields
    where is_formula
    union all
    select
        'merge_orphan', system, record_type, person_record_id, cast(null as string),
        'named by a merge and never delivered', cast(null as timestamp)
    from person_records
    where is_merged_away and not is_delivered
    union all
    select
        'implausible_instant', system, record_type, person_record_id, cast(null as string),
        trim(implausible_instants), valid_from
    from versions
    where implausible_instants is not null
    union all
    select
        'implausible_instant', system, 'opportunity', opportunity_id, cast(null as string), trim(implausible_instants),
        valid_from
    from opportunities
    where implausible_instants is not null
    union all
    -- Money that no period holds.
    select
        'implausible_instant', system, 'opportunity', opportunity_record_id, cast(null as string),
        coalesce('won, close date ' || cast(close_date as string), 'won without a close date'), updated_at
    from won
    where close_date is null or not {{ is_plausible('close_date') }}
    union all
    select
        'implausible_instant', system, object, system || ':' || source_record_id, person_record_id,
        trim(implausible_instants), cast(null as timestamp)
    from touches
    where implausible_instants is not null
    union all
    select
        'implausible_instant', system, object, system || ':' || source_record_id, person_record_id,
        trim(implausible_instants), valid_from
    from members
    where implausible_instants is not null
    union all
    select
        'shared_identifier',
        {{ split_part('person_record_id', ':', 1) }} as system,
        {{ split_part('person_record_id', ':', 2) }} as record_type,
        person_record_id as record_id,
        cast(null as string) as related_record_id,
        edge_kind || ' of ' || cast(address_count as string) || ' addresses',
        cast(null as timestamp)
    from shared
    union all
    select
        'deleted_twice',
        {{ split_part('person_record_id', ':', 1) }} as system,
        {{ split_part('person_record_id', ':', 2) }} as record_type,
        person_record_id as record_id,
        cast(null as string) as related_record_id,
        cast(null as string) as detail,
        max(deleted_at) as occurred_at
    from deletions
    group by person_record_id
    having count(*) > 1
)

select
    {{ hash_key(['defects.defect_kind', 'defects.record_id', 'defects.related_record_id', 'defects.detail']) }}
        as defect_id,
    defects.defect_kind,
    defects.system,
    defects.record_type as object,
    defects.record_id,
    defects.related_record_id,
    case
        when told_one.person_id is null then defects.detail
        else coalesce(defects.detail || '; ', '') || 'decided to be one human: merge them in the source'
    end as detail,
    defects.occurred_at
from defects
left join people_of_records as own
    on
        defects.record_id = own.person_record_id
        and defects.defect_kind in ('duplicate_exact', 'duplicate_fuzzy')
left join people_of_records as other on defects.related_record_id = other.person_record_id
left join told_apart on own.person_id = told_apart.person_id and other.person_id = told_apart.other_person_id
left join told_one on own.person_id = told_one.person_id and other.person_id = told_one.person_id
where told_apart.person_id is null
