-- Grain: one row per record and system that owes it a counterpart: a MAP's record from its inquiry or MQL on, a CRM's
-- from its creation on. A record whose counterpart was there before it came from the other side and is no debt; one
-- that the sync's rule leaves out is excluded and owes nothing.
with

records as (select * from {{ ref('int_person_records') }} where is_delivered),

edges as (select * from {{ ref('int_identity_edges') }}),

rules as (select * from {{ ref('sync_rules') }}),

asked as (
    select
        person_record_id,
        min(entered_at) as asked_at,
        min(case when stage = 'mql' then entered_at end) as qualified_at
    from {{ ref('int_stage_entries') }}
    where entered_at <= {{ as_of() }} and stage in ('inquiry', 'mql')
    group by person_record_id
),

links as (select * from {{ ref('int_sync_links') }}),

delivered as (select * from {{ ref('int_delivered_until') }} where is_made_by_sync),

sides as (
    select 'map_to_crm' as direction, map_record_id as person_record_id, crm_record_id as counterpart_id from links
    union all
    select 'crm_to_map', crm_record_id, map_record_id from links
),

-- A counterpart that was never delivered has no instant: its record is no debt that could be dated.
counterparts as (
    select
        sides.direction,
        sides.person_record_id,
        {{ split_part('sides.counterpart_id', ':', 1) }} as to_system,
        min(others.created_at) as counterpart_created_at,
        min_by(others.person_record_id, others.created_at) as counterpart_record_id
    from sides
    left join records as others on sides.counterpart_id = others.person_record_id
    group by sides.direction, sides.person_record_id, {{ split_part('sides.counterpart_id', ':', 1) }}
),

-- Which systems synchronise shows in what is linked.
flows as (
    select distinct
        counterparts.direction,
        counterparts.to_system,
        records.system as from_system,
        records.record_type
    from counterparts
    inner join records on counterparts.person_record_id = records.person_record_id
),

merged as (
    select person_record_id_b as person_record_id, min(evidence_at) as merged_at
    from edges
    where edge_kind = 'merge'
    group by person_record_id_b
),

-- The lead that became a contact owes for it.
converted as (select distinct person_record_id_a as person_record_id from edges where edge_kind = 'conversion'),

candidates as (
    select
        flows.direction,
        flows.from_system,
        flows.to_system,
        flows.record_type,
        records.person_record_id,
        records.person_id,
        counterparts.counterpart_record_id,
        records.is_deleted or records.is_merged_away as is_gone,
        case
            when flows.direction = 'crm_to_map' then records.created_at
            else greatest(asked.asked_at, records.created_at)
        end as asked_at,
        case
            when asked.qualified_at is not null then greatest(asked.qualified_at, records.created_at)
        end as qualified_at,
        counterparts.person_record_id is not null as is_linked,
        counterparts.counterpart_created_at,
        coalesce(records.deleted_at, merged.merged_at, records.updated_at) as gone_at,
        coalesce(rules.who_syncs, 'auto') as who_syncs,
        coalesce(delivered.delivered_until, {{ as_of() }}) as told_until
    from flows
    inner join records on flows.from_system = records.system and flows.record_type = records.record_type
    left join counterparts
        on records.person_record_id = counterparts.person_record_id and flows.to_system = counterparts.to_system
    left join asked on records.person_record_id = asked.person_record_id
    left join merged on records.person_record_id = merged.person_record_id
    left join converted on records.person_record_id = converted.person_record_id
    left join delivered on flows.to_system = delivered.system
    left join rules
        on
            flows.from_system = rules.from_system
            and flows.to_system = rules.to_system
            and flows.record_type = rules.record_type
    where
        converted.person_record_id is null
        and (flows.direction = 'crm_to_map' or asked.asked_at is not null)
        and (
            counterparts.person_record_id is null
            or counterparts.counterpart_created_at >= records.created_at
        )
),

-- What no rule declares shows in what the sync did: where it carried most MQLs and passed over most others that asked,
-- it was told to. One that carries neither is broken.
observed as (
    select
        direction,
        from_system,
        to_system,
        record_type,
        sum(case when is_mql then 0 else 1 end) >= {{ var('sync_rule_least_records') }}
        and avg(case when not is_mql then carried end) < {{ var('sync_rule_least_share') }}
        and (direction = 'crm_to_map' or avg(case when is_mql then carried end) >= {{ var('sync_rule_least_share') }})
            as passes_over
    from (
        select
            *,
            direction = 'map_to_crm' and qualified_at is not null as is_mql,
            case when is_linked then 1.0 else 0.0 end as carried
        from candidates
    ) as asking
    where not is_gone and asked_at + interval '{{ var("sync_sla_hours") }}' hour <= told_until
    group by direction, from_system, to_system, record_type
),

ruled as (
    select
        candidates.*,
        case
            when candidates.who_syncs != 'auto' then candidates.who_syncs
            when not coalesce(observed.passes_over, false) then 'all'
            when candidates.direction = 'map_to_crm' then 'mql'
            else 'none'
        end as rule
    from candidates
    left join observed
        on
            candidates.direction = observed.direction
            and candidates.from_system = observed.from_system
            and candidates.to_system = observed.to_system
            and candidates.record_type = observed.record_type
),

owed as (
    select
        *,
        rule = 'none' or (rule = 'mql' and qualified_at is null) as is_excluded,
        case when rule = 'mql' then coalesce(qualified_at, asked_at) else asked_at end as due_at
    from ruled
),

settled as (
    select
        *,
        due_at + interval '{{ var("sync_sla_hours") }}' hour as promised_at,
        case
            when counterpart_created_at <= {{ as_of() }} and not is_excluded
                then greatest(counterpart_created_at, due_at)
        end as synced_at,
        case
            when counterpart_created_at is null and is_gone and gone_at <= {{ as_of() }} and not is_excluded
                then greatest(gone_at, due_at)
        end as cancelled_at
    from owed
    where due_at <= {{ as_of() }}
)

select
    {{ hash_key(['person_record_id', 'to_system']) }} as sync_obligation_id,
    direction,
    from_system,
    to_system,
    person_record_id,
    person_id,
    counterpart_record_id,
    due_at,
    promised_at,
    synced_at,
    cancelled_at,
    {{ seconds_between('due_at', 'synced_at') }} / 3600.0 as latency_hours,
    case
        when is_excluded then 'excluded'
        when synced_at is not null then 'synced'
        when cancelled_at is not null then 'cancelled'
        else 'open'
    end as sync_status,
    not is_excluded and coalesce(synced_at, cancelled_at, told_until) > promised_at as is_overdue
from settled
