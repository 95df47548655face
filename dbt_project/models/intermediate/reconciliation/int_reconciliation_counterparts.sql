-- Grain: one row per core count and record of the MAP, of the CRM, or of both where they count one record; a side that
-- does not count it has no date. Only of counts that both sides hold.
with

records as (select * from {{ ref('int_core_count_records') }}),

living_pairs as (select * from {{ ref('int_sync_pairs') }} where is_living and is_primary),

people as (select * from {{ ref('int_reconciliation_people') }}),

ranked as (
    select
        crm_record_id,
        map_record_id,
        row_number() over (partition by crm_record_id order by linked_at, map_record_id) as place_of_crm,
        row_number() over (partition by map_record_id order by linked_at, crm_record_id) as place_of_map
    from living_pairs
),

-- Each record has one counterpart at most. One that plays both parts is its own.
pairs as (
    select crm_record_id, map_record_id from ranked
    where place_of_crm = 1 and place_of_map = 1
    union
    select
        crm.record_id as crm_record_id,
        map.record_id as map_record_id
    from records as crm
    inner join records as map on crm.record_id = map.record_id and crm.system = map.system
    where crm.system_role = 'crm' and map.system_role = 'map'
),

{% for role, other in [('map', 'crm'), ('crm', 'map')] -%}
    {{ role }}_records as (
        select
            records.core_count,
            records.record_id,
            records.counted_value,
            records.counted_date,
            pairs.{{ other }}_record_id as paired_record_id,
            case
                when pairs.{{ other }}_record_id is not null then 'own'
                when people.paired_record_id is not null or people.reconciliation_class = 'double_linked' then 'shared'
                else 'none'
            end as counterpart,
            coalesce(people.reconciliation_class, 'not_compared') as reconciliation_class
        from records
        left join pairs on records.record_id = pairs.{{ role }}_record_id
        left join people on records.record_id = people.record_id
        where records.system_role = '{{ role }}'
    ),

{% endfor -%}
both_held as (
    select core_count from map_records
    intersect
    select core_count from crm_records
),

united as (
    select
        coalesce(map.core_count, crm.core_count) as core_count,
        coalesce(map.reconciliation_class, crm.reconciliation_class) as reconciliation_class,
        coalesce(map.counterpart, crm.counterpart) as counterpart,
        map.record_id as map_record_id,
        crm.record_id as crm_record_id,
        map.counted_date as map_date,
        crm.counted_date as crm_date,
        map.counted_value as map_value,
        crm.counted_value as crm_value
    from map_records as map
    full outer join crm_records as crm
        on map.core_count = crm.core_count and map.paired_record_id = crm.record_id
)

select
    {{ hash_key(['united.core_count', 'united.map_record_id', 'united.crm_record_id']) }}
        as reconciliation_counterpart_id,
    united.*
from united
inner join both_held on united.core_count = both_held.core_count
