-- Grain: one row per core count and record or thing on either side of a comparison: the MAP's records beside the CRM's
-- (systems), and those of the system nearest to the marts beside what these publish (mart).
-- The bridge adds these rows up, so that who is behind each of its lines can be listed.
with

counterparts as (select * from {{ ref('int_reconciliation_counterparts') }}),

records as (select * from {{ ref('int_core_count_records') }}),

person_records as (select * from {{ ref('int_person_records') }}),

opportunity_records as (select * from {{ ref('int_opportunity_records') }}),

core_counts as (select * from {{ ref('core_counts') }}),

members as (select * from {{ ref('fct_metric_members') }}),

people_classes as (select * from {{ ref('int_reconciliation_people') }}),

-- What the marts count, thing by thing.
held_by_marts as (
    select
        core_counts.core_count,
        members.entity_id,
        members.counted_date,
        members.counted_value,
        members.evidence = 'skipped' as is_skipped
    from members
    inner join core_counts on members.metric = coalesce(core_counts.stage || '_people', core_counts.core_count)
),

published as (select * from held_by_marts where not is_skipped),

counted as (
    select
        records.*,
        coalesce(person_records.person_id, opportunity_records.opportunity_id) as entity_id,
        people_classes.reconciliation_class
    from records
    left join person_records on records.record_id = person_records.person_record_id
    left join opportunity_records on records.record_id = opportunity_records.opportunity_record_id
    left join people_classes on records.record_id = people_classes.record_id
),

-- The mart is bridged from the CRM where that holds the count (crm sorts before map), else from the MAP.
nearest as (select core_count, min(system_role) as system_role from counted group by core_count),

held as (
    select
        counted.core_count,
        counted.record_id,
        counted.entity_id,
        counted.counted_date,
        counted.counted_value,
        row_number() over (
            partition by counted.core_count, counted.entity_id
            order by
                case when counted.counted_date = published.counted_date then 0 else 1 end,
                counted.counted_date, counted.record_id
        ) as place
    from counted
    inner join nearest on counted.core_count = nearest.core_count and counted.system_role = nearest.system_role
    left join published on counted.core_count = published.core_count and counted.entity_id = published.entity_id
),

told_by_map as (
    select counted.core_count, counted.entity_id, min(counted.reconciliation_class) as reconciliation_class
    from counted
    inner join nearest on counted.core_count = nearest.core_count and nearest.system_role <> 'map'
    where counted.system_role = 'map'
    group by counted.core_count, counted.entity_id
),

skipped as (select distinct core_count, entity_id from held_by_marts where is_skipped),

united as (
    select
        coalesce(held.core_count, published.core_count) as core_count,
        case
            when held.entity_id is not null and published.entity_id is not null then 'both'
            when held.entity_id is not null and skipped.entity_id is not null then 'mart_skipped'
            when held.entity_id is not null then 'mart_without'
            when told_by_map.entity_id is not null then 'mart_from_map'
            else 'mart_inferred'
        end as reason,
        case when held.entity_id is null then told_by_map.reconciliation_class end as reconciliation_class,
        held.record_id,
        coalesce(held.entity_id, published.entity_id) as entity_id,
        held.counted_date as held_date,
        published.counted_date as published_date,
        held.counted_value as held_value,
        published.counted_value as published_value
    from (select * from held where place = 1) as held
    full outer join published on held.core_count = published.core_count and held.entity_id = published.entity_id
    left join skipped on held.core_count = skipped.core_count and held.entity_id = skipped.entity_id
    left join told_by_map
        on published.core_count = told_by_map.core_count and published.entity_id = told_by_map.entity_id
    union all
    select core_count, 'further_record', null, record_id, entity_id, counted_date, null, counted_value, null from held
    where place > 1
),

final as (
    select
        'systems' as compared,
        core_count,
        reconciliation_class,
        map_record_id as record_id,
        crm_record_id as counterpart_record_id,
        map_date as counted_date,
        crm_date as counterpart_date,
        map_value as counted_value,
        crm_value as counterpart_value,
        case counterpart when 'own' then 'map_tells' when 'shared' then 'map_again' else 'map_alone' end as step,
        case counterpart when 'own' then 'crm_tells' when 'shared' then 'crm_again' else 'crm_alone' end
            as counterpart_step
    from counterparts
    union all
    select
        'mart',
        core_count,
        reconciliation_class,
        record_id,
        entity_id,
        held_date,
        published_date,
        held_value,
        published_value,
        reason as step,
        reason as counterpart_step
    from united
)

select
    {{ hash_key(['compared', 'core_count', 'record_id', 'counterpart_record_id']) }} as reconciliation_member_id,
    compared,
    core_count,
    {{ safe_text('record_id') }} as record_id,
    {{ safe_text('counterpart_record_id') }} as counterpart_record_id,
    reconciliation_class,
    counted_date,
    counterpart_date,
    cast(counted_value as decimal(18, 2)) as counted_value,
    cast(counterpart_value as decimal(18, 2)) as counterpart_value,
    step,
    counterpart_step
from final
