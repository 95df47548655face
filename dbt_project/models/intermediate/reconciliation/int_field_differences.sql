-- Grain: one row per pair of records and compared field in which the two systems differ for longer than the sync has to
-- carry it.
-- A field that is empty on one side differs where the seed says that it must agree and both fill it in such records. A
-- value of a list that the CRM never uses is one of another list and says nothing.
{%- set fields = [
    'email', 'first_name', 'last_name', 'company_name', 'job_title', 'phone', 'country', 'state', 'industry',
    'lead_source', 'lead_status', 'is_opted_out', 'owner',
] %}
{%- set lists = ['state', 'industry', 'lead_source', 'lead_status'] %}
with

people as (select * from {{ ref('int_reconciled_people') }}),

counted_records as (select * from {{ ref('int_counted_records') }}),

versions as (select * from {{ ref('people') }} where valid_from <= {{ as_of() }}),

pairs as (select * from {{ ref('int_sync_pairs') }} where is_primary),

reconciled_fields as (select * from {{ ref('reconciled_fields') }} where entity = 'person'),

delivered as (select * from {{ ref('int_delivered_until') }}),

-- What one side of a pair holds, long: only where the other holds something else.
unequal as (
    {% for field in fields -%}
        select
            pairs.crm_record_id, pairs.map_record_id, pairs.crm_system, pairs.map_system, pairs.is_living,
            pairs.is_declared, crm.record_type as crm_type, map.record_type as map_type,
            '{{ field }}' as field,
            crm.{{ field }}_value as crm_value, map.{{ field }}_value as map_value,
            crm.{{ field }}_key as crm_key, map.{{ field }}_key as map_key,
            greatest(crm.created_at, map.created_at) as created_at
        from pairs
        inner join people as crm on pairs.crm_record_id = crm.record_id
        inner join people as map on pairs.map_record_id = map.record_id
        where coalesce(crm.{{ field }}_key, '') <> coalesce(map.{{ field }}_key, '')
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

-- What a system says of a field at all, and the values of its lists.
vocabularies as (
    {% for field in fields -%}
        select distinct
            system, record_type, '{{ field }}' as field, {{ field ~ '_key' if field in lists else "'*'" }} as key
        from people
        where {{ field }}_key is not null
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

filled as (select distinct system, record_type, field from vocabularies),

words as (select distinct system, field, key from vocabularies),

judged as (
    select
        unequal.*,
        reconciled_fields.label,
        reconciled_fields.winner,
        reconciled_fields.is_personal,
        case
            when unequal.crm_key is null or unequal.map_key is null
                then reconciled_fields.must_agree_when_empty
            when reconciled_fields.compared_as = 'phone'
                then not (
                    least(length(unequal.crm_key), length(unequal.map_key)) >= 7
                    and (
                        unequal.crm_key like '%' || unequal.map_key or unequal.map_key like '%' || unequal.crm_key
                    )
                )
            when reconciled_fields.compared_as = 'picklist' then known.key is not null
            else true
        end as is_different
    from unequal
    inner join reconciled_fields on unequal.field = reconciled_fields.field
    inner join filled as crm_filled
        on
            unequal.crm_system = crm_filled.system
            and unequal.crm_type = crm_filled.record_type
            and unequal.field = crm_filled.field
    inner join filled as map_filled
        on
            unequal.map_system = map_filled.system
            and unequal.map_type = map_filled.record_type
            and unequal.field = map_filled.field
    left join words as known
        on
            unequal.crm_system = known.system
            and unequal.field = known.field
            and unequal.map_key = known.key
),

different as (select * from judged where is_different),

sides as (
    select crm_record_id as record_id, field from different
    union
    select map_record_id, field from different
),

-- When either side took the value that it has.
held as (
    {% for field in fields -%}
        {%- set column = {'owner': 'owner_id'}.get(field, field) -%}
        select
            sides.record_id,
            sides.field,
            versions.person_record_id as version_of,
            cast(versions.{{ column }} as string) as value,
            versions.valid_from
        from sides
        inner join counted_records on sides.record_id = counted_records.counted_record_id
        inner join versions on counted_records.person_record_id = versions.person_record_id
        where sides.field = '{{ field }}'
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

changes as (
    {{ value_changes('held', of=['record_id', 'field']) }}
),

dated as (
    {{ differing_since('different', 'created_at', ['crm_record_id', 'map_record_id'], 'changes') }}
)

select
    dated.crm_record_id,
    dated.map_record_id,
    dated.crm_system,
    dated.map_system,
    dated.is_living,
    dated.is_declared,
    dated.field,
    dated.label,
    dated.winner,
    dated.is_personal,
    dated.crm_value,
    dated.map_value,
    dated.since_at
from dated
left join delivered as crm
    on dated.crm_system = crm.system and {{ split_part('dated.crm_record_id', ':', 2) }} = crm.record_type
left join delivered as map
    on dated.map_system = map.system and {{ split_part('dated.map_record_id', ':', 2) }} = map.record_type
where
    dated.since_at + interval '{{ var("sync_sla_hours") }}' hour
    <= least(coalesce(crm.delivered_until, {{ as_of() }}), coalesce(map.delivered_until, {{ as_of() }}))
