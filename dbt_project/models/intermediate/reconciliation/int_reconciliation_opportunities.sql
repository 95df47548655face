-- Grain: one row per living opportunity record of the CRM and of the systems that copy its opportunities: its class, of
-- those whose evidence it shows the one with the lowest priority.
-- A system of whose records none names one of the CRM's is no copy, and has no rows; without a copy the CRM has none.
with

records as (select * from {{ ref('int_opportunity_records') }}),

versions as (select * from {{ ref('opportunities') }}),

crm_systems as (select system from {{ ref('int_system_roles') }} where system_role = 'crm'),

rules as (select * from {{ ref('sync_rules') }} where record_type = 'opportunity'),

reconciled_fields as (select * from {{ ref('reconciled_fields') }} where entity = 'opportunity'),

classes as (select * from {{ ref('reconciliation_classes') }}),

named as (
    select opportunity_id as record_id, {{ newest_known('linked_opportunity_id') }} as crm_record_id
    from versions
    group by opportunity_id
),

copies as (
    select records.*, named.crm_record_id
    from records
    inner join named on records.opportunity_record_id = named.record_id
    left join crm_systems on records.system = crm_systems.system
    where crm_systems.system is null
),

-- Which systems copy shows in what is linked.
copying as (
    select distinct system, {{ split_part('crm_record_id', ':', 1) }} as crm_system from copies
    where crm_record_id is not null
),

copied as (select distinct crm_system from copying),

originals as (
    select records.*
    from records
    inner join copied on records.system = copied.crm_system
),

alike as (
    select
        copies.opportunity_record_id as copy_record_id,
        originals.opportunity_record_id as crm_record_id,
        {% for side in ['copies', 'originals'] -%}
            cast({{ side }}.amount as string) as {{ side }}_amount,
            {{ side }}.currency_code as {{ side }}_currency_code,
            cast({{ side }}.close_date as string) as {{ side }}_close_date,
            case
                when {{ side }}.is_won then 'won'
                when {{ side }}.is_closed then 'lost'
                when not {{ side }}.is_closed then 'open'
            end as {{ side }}_outcome,
        {% endfor -%}
        greatest(copies.created_at, originals.created_at) as linked_at,
        greatest(copies.updated_at, originals.updated_at) as changed_at,
        row_number() over (
            partition by originals.opportunity_record_id, copies.system
            order by copies.created_at, copies.opportunity_record_id
        ) = 1 as is_primary,
        first_value(copies.opportunity_record_id) over (
            partition by originals.opportunity_record_id, copies.system
            order by copies.created_at, copies.opportunity_record_id
            rows between unbounded preceding and unbounded following
        ) as first_record_id
    from copies
    inner join originals on copies.crm_record_id = originals.opportunity_record_id
    where
        not (copies.is_deleted or copies.is_merged_away)
        and not (originals.is_deleted or originals.is_merged_away)
),

compared as (
    {% for field in ['amount', 'currency_code', 'close_date', 'outcome'] -%}
        select
            copy_record_id, crm_record_id, changed_at, '{{ field }}' as field,
            originals_{{ field }} as crm_value, copies_{{ field }} as map_value
        from alike
        where is_primary and coalesce(originals_{{ field }}, '') <> coalesce(copies_{{ field }}, '')
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

differing as (
    select
        compared.copy_record_id,
        compared.crm_record_id,
        compared.changed_at,
        reconciled_fields.label,
        reconciled_fields.label || ': CRM ' || coalesce(compared.crm_value, 'empty')
        || ', copy ' || coalesce(compared.map_value, 'empty') as shown
    from compared
    inner join reconciled_fields on compared.field = reconciled_fields.field
    where
        ((compared.crm_value is not null and compared.map_value is not null) or reconciled_fields.must_agree_when_empty)
        and compared.changed_at + interval '{{ var("sync_sla_hours") }}' hour <= {{ as_of() }}
),

drifting as (
    select
        copy_record_id,
        crm_record_id,
        min(changed_at) as changed_at,
        count(*) as field_count,
        {{ listed('label', ', ', 'label') }} as differing_fields,
        {{ listed('shown', '; ', 'label') }} as shown
    from differing
    group by copy_record_id, crm_record_id
),

living as (
    select
        'map' as system_role, copies.system, copies.opportunity_record_id as record_id, copies.opportunity_id,
        copies.created_at, copying.crm_system as other_system
    from copies
    inner join copying on copies.system = copying.system
    where not (copies.is_deleted or copies.is_merged_away)
    union all
    select
        'crm', originals.system, originals.opportunity_record_id, originals.opportunity_id, originals.created_at,
        copying.system as other_system
    from originals
    inner join copying on originals.system = copying.crm_system
    where not (originals.is_deleted or originals.is_merged_away)
),

sides as (
    select
        copy_record_id as record_id, crm_record_id as counterpart_record_id, linked_at, is_primary, first_record_id
    from alike
    union all
    select crm_record_id, copy_record_id, linked_at, is_primary, first_record_id
    from alike
    where is_primary
),

paired as (select distinct record_id from sides),

-- What no rule declares shows in what the sync did: one that carried few of those it had time for was told to.
carried as (
    select
        living.system,
        living.other_system,
        sum(case when paired.record_id is not null then 1.0 else 0.0 end) / count(*) as carried_share
    from living
    left join paired on living.record_id = paired.record_id
    where living.created_at + interval '{{ var("sync_sla_hours") }}' hour <= {{ as_of() }}
    group by living.system, living.other_system
),

standing as (
    select
        living.*,
        coalesce(rules.who_syncs, 'auto') = 'none'
        or (
            coalesce(rules.who_syncs, 'auto') = 'auto'
            and coalesce(carried.carried_share < {{ var('sync_rule_least_share') }}, false)
        ) as is_excluded,
        living.created_at + interval '{{ var("sync_sla_hours") }}' hour as promised_at
    from living
    left join rules on living.system = rules.from_system and living.other_system = rules.to_system
    left join carried on living.system = carried.system and living.other_system = carried.other_system
),

dangling as (
    select
        copies.opportunity_record_id as record_id,
        copies.crm_record_id as counterpart_record_id,
        copies.updated_at as since_at,
        case
            when records.is_merged_away then 'was merged into another'
            when records.is_deleted then 'was deleted'
            else 'was never delivered'
        end as what_became
    from copies
    left join records on copies.crm_record_id = records.opportunity_record_id
    where
        copies.crm_record_id is not null
        and coalesce(records.is_merged_away or records.is_deleted, true)
),

claims as (
    select
        record_id, 'matched' as reconciliation_class, counterpart_record_id, linked_at as since_at,
        'The copy carries the id of the original' as reason, null as differing_fields, null as evidence
    from sides
    where is_primary
    union all
    select
        copy_record_id, 'linked_field_drift', crm_record_id, changed_at,
        case when field_count = 1 then 'One compared field differs' else field_count || ' compared fields differ' end,
        differing_fields, shown
    from drifting
    union all
    select
        crm_record_id, 'linked_field_drift', copy_record_id, changed_at,
        case when field_count = 1 then 'One compared field differs' else field_count || ' compared fields differ' end,
        differing_fields, shown
    from drifting
    union all
    select
        record_id, 'double_linked', counterpart_record_id, linked_at,
        'Shares its counterpart with the older ' || first_record_id, null, null
    from sides
    where not is_primary
    union all
    select
        record_id, 'linked_to_merged_or_deleted', counterpart_record_id, since_at,
        'Its counterpart ' || what_became, null, null
    from dangling
    union all
    select
        standing.record_id,
        case
            when standing.is_excluded then 'excluded_by_sync_rule'
            when standing.promised_at > {{ as_of() }} then 'in_flight'
            else standing.system_role || '_only'
        end,
        null,
        case when standing.promised_at > {{ as_of() }} then standing.created_at else standing.promised_at end,
        case
            when standing.is_excluded then 'The sync carries no such opportunity to the other system'
            when standing.promised_at > {{ as_of() }} then 'The sync still has time to carry it'
            else 'It has no counterpart, and the promise of the sync is over'
        end,
        null,
        null
    from standing
    left join paired on standing.record_id = paired.record_id
    where paired.record_id is null
),

ranked as (
    {{ claims_by_priority('claims', 'classes') }}
),

counterparts as (
    select record_id, min(counterpart_record_id) as paired_record_id from sides
    where is_primary
    group by record_id
)

select
    living.system_role,
    living.system,
    living.record_id,
    living.opportunity_id,
    living.created_at,
    ranked.reconciliation_class,
    ranked.reason,
    coalesce(ranked.counterpart_record_id, counterparts.paired_record_id) as counterpart_record_id,
    counterparts.paired_record_id,
    ranked.differing_fields,
    ranked.evidence,
    coalesce(ranked.since_at, living.created_at) as since_at
from (select distinct system_role, system, record_id, opportunity_id, created_at from living) as living
inner join ranked on living.record_id = ranked.record_id and ranked.place = 1
left join counterparts on living.record_id = counterparts.record_id
