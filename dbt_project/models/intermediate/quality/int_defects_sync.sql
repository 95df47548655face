-- Grain: one row per defect between a record of the MAP and the CRM's record that it syncs with.
-- Where no id ties the two systems, records of one address are compared (int_field_differences); what a sync owes then
-- nobody can say.
with

edges as (select * from {{ ref('int_identity_edges') }}),

records as (select * from {{ ref('int_person_records') }} where is_delivered),

entries as (select * from {{ ref('int_stage_entries') }}),

lifecycle_stages as (select * from {{ ref('lifecycle_stages') }}),

stage_mappings as (select * from {{ ref('stage_mappings') }}),

obligations as (
    select * from {{ ref('int_sync_obligations') }}
    where direction = 'map_to_crm' and is_overdue
),

differences as (select * from {{ ref('int_field_differences') }}),

pairs as (
    select
        crm.record_type as crm_record_type,
        crm.person_record_id as crm_record_id,
        crm.is_deleted or crm.is_merged_away as is_crm_gone,
        crm.updated_at as crm_updated_at,
        map.system as map_system,
        map.record_type as map_record_type,
        map.person_record_id as map_record_id,
        map.is_deleted or map.is_merged_away as is_map_gone,
        map.created_at as map_created_at
    from edges
    inner join records as crm on edges.person_record_id_a = crm.person_record_id
    inner join records as map on edges.person_record_id_b = map.person_record_id
    where edges.edge_kind = 'sync_id'
),

delivered as (select * from {{ ref('int_delivered_until') }}),

linked as (
    select
        *,
        map_record_id = first_value(map_record_id) over (
            partition by crm_record_id order by map_created_at, map_record_id
            rows between unbounded preceding and unbounded following
        ) as is_oldest
    from pairs
    where not is_map_gone
),

-- A lead that became a contact is linked through it. A second record of the MAP is told nothing of what the CRM's did
-- before.
worked as (
    select crm_record_id, map_record_id
    from linked
    where crm_record_type = 'lead' and is_oldest
    union
    select conversions.person_record_id_b, linked.map_record_id
    from linked
    inner join edges as conversions
        on linked.crm_record_id = conversions.person_record_id_a and conversions.edge_kind = 'conversion'
    where linked.is_oldest
),

lead_pairs as (
    select
        crm.system as crm_system,
        crm.person_record_id as crm_record_id,
        crm.is_deleted or crm.is_merged_away as is_crm_gone,
        crm.lead_status as crm_status,
        crm.updated_at as crm_updated_at,
        map.system as map_system,
        map.record_type as map_record_type,
        map.person_record_id as map_record_id
    from worked
    inner join records as crm on worked.crm_record_id = crm.person_record_id
    inner join records as map on worked.map_record_id = map.person_record_id
),

-- The stages that a system ever told of anybody: of another it has no word, or nobody carries it there.
told_stages as (select distinct system, stage from entries),

heard as (
    select distinct
        entries.system,
        entries.person_record_id,
        entries.stage,
        max(case when lifecycle_stages.is_on_path then lifecycle_stages.stage_order end) over (
            partition by entries.person_record_id
        ) as furthest_order
    from entries
    inner join lifecycle_stages on entries.stage = lifecycle_stages.stage
),

-- The stage that the CRM's status says the lead has, and since when.
crm_stages as (
    select
        lead_pairs.map_system,
        lead_pairs.map_record_type,
        lead_pairs.map_record_id,
        lead_pairs.crm_record_id,
        stage_mappings.stage,
        min(case when lifecycle_stages.is_on_path then lifecycle_stages.stage_order end) as stage_order,
        min(coalesce(entries.entered_at, lead_pairs.crm_updated_at)) as entered_at
    from lead_pairs
    inner join stage_mappings
        on
            lead_pairs.crm_system = stage_mappings.system
            and stage_mappings.object = 'lead'
            and stage_mappings.field = 'lead_status'
            and lower(lead_pairs.crm_status) = lower(stage_mappings.value)
    inner join lifecycle_stages on stage_mappings.stage = lifecycle_stages.stage
    left join entries
        on lead_pairs.crm_record_id = entries.person_record_id and stage_mappings.stage = entries.stage
    where not lead_pairs.is_crm_gone and stage_mappings.valid_to is null
    group by
        lead_pairs.map_system, lead_pairs.map_record_type, lead_pairs.map_record_id, lead_pairs.crm_record_id,
        stage_mappings.stage
),

defects as (
    select
        'double_linked' as defect_kind, map_system as system, map_record_type as object, map_record_id as record_id,
        crm_record_id as related_record_id, cast(null as string) as detail, map_created_at as occurred_at
    from linked
    where not is_oldest
    union all
    select
        'linked_to_deleted', map_system, map_record_type, map_record_id, crm_record_id, cast(null as string),
        crm_updated_at
    from pairs
    where is_crm_gone and not is_map_gone
    union all
    -- What went from both systems had drifted before; the mart shows it as settled.
    select
        'field_drift', map_system, {{ split_part('map_record_id', ':', 2) }} as object, map_record_id as record_id,
        crm_record_id, field, since_at
    from differences
    union all
    select
        case sync_status when 'synced' then 'sync_lag' else 'sync_loss' end,
        case sync_status when 'synced' then to_system else from_system end,
        {{ split_part("coalesce(counterpart_record_id, person_record_id)", ':', 2) }},
        coalesce(counterpart_record_id, person_record_id),
        case when counterpart_record_id is not null then person_record_id end,
        cast(null as string),
        coalesce(synced_at, due_at)
    from obligations
    union all
    -- The MAP may have moved on since; it is wrong when it never heard of the stage nor of a later one.
    select
        'stage_mismatch', crm_stages.map_system, crm_stages.map_record_type, crm_stages.map_record_id,
        crm_stages.crm_record_id, 'CRM says ' || crm_stages.stage, crm_stages.entered_at
    from crm_stages
    inner join told_stages
        on crm_stages.map_system = told_stages.system and crm_stages.stage = told_stages.stage
    left join delivered
        on crm_stages.map_system = delivered.system and crm_stages.map_record_type = delivered.record_type
    left join heard
        on
            crm_stages.map_record_id = heard.person_record_id
            and crm_stages.map_system = heard.system
            and (crm_stages.stage = heard.stage or crm_stages.stage_order < heard.furthest_order)
    where
        heard.person_record_id is null
        and crm_stages.entered_at
        < coalesce(delivered.delivered_until, {{ as_of() }}) - interval '{{ var("sync_sla_hours") }}' hour
)

select
    {{ hash_key(['defect_kind', 'record_id', 'related_record_id', 'detail']) }} as defect_id,
    defect_kind,
    system,
    object,
    record_id,
    related_record_id,
    detail,
    occurred_at
from defects
