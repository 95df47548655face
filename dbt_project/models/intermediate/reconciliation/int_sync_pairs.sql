-- Grain: one row per record of the CRM and record of the MAP that are each other's counterpart, both living or both
-- deleted: tied by the id that one carries of the other or, between systems of which no record carries an id, by their
-- address.
-- Of several records that share a counterpart the oldest is its pair (is_primary). Where addresses tie, the oldest of
-- each side are a pair, then the next.
with

people as (select * from {{ ref('int_reconciled_people') }} where is_delivered),

counted_records as (select * from {{ ref('int_counted_records') }}),

edges as (select * from {{ ref('int_identity_edges') }} where edge_kind in ('sync_id', 'email')),

-- A record is named by its own id or by that of a lead that it was; what was merged into it had an id of its own.
named as (
    select
        counted_records.person_record_id,
        people.is_living,
        people.record_id,
        people.system,
        people.system_role,
        people.created_at
    from counted_records
    inner join people on counted_records.counted_record_id = people.record_id
    inner join {{ ref('int_person_records') }} as person_records
        on counted_records.person_record_id = person_records.person_record_id
    where
        counted_records.heir_record_id = counted_records.person_record_id
        and counted_records.is_counted = people.is_living
        and person_records.is_delivered
),

-- Ids of a sync anywhere between two systems are its word on every record of theirs.
synchronised as (
    select distinct
        {{ split_part('person_record_id_a', ':', 1) }} as crm_system,
        {{ split_part('person_record_id_b', ':', 1) }} as map_system
    from edges
    where edge_kind = 'sync_id'
),

declared as (
    select
        crm.record_id as crm_record_id,
        map.record_id as map_record_id,
        max(edges.evidence_at) as linked_at
    from edges
    inner join named as crm on edges.person_record_id_a = crm.person_record_id and crm.system_role = 'crm'
    inner join named as map on edges.person_record_id_b = map.person_record_id and map.system_role = 'map'
    where edges.edge_kind = 'sync_id' and crm.is_living = map.is_living
    group by crm.record_id, map.record_id
),

-- Links of an address form a star around its first record.
sharing as (
    select distinct
        stars.star_record_id,
        named.record_id,
        named.is_living,
        named.system,
        named.system_role,
        named.created_at
    from (
        select person_record_id_a as star_record_id, person_record_id_b as person_record_id from edges
        where edge_kind = 'email'
        union
        select person_record_id_a as star_record_id, person_record_id_a as person_record_id from edges
        where edge_kind = 'email'
    ) as stars
    inner join named on stars.person_record_id = named.person_record_id
),

placed as (
    select
        *,
        row_number() over (
            partition by star_record_id, system, is_living order by created_at, record_id
        ) as place,
        count(*) over (partition by star_record_id, system, is_living) as record_count
    from sharing
),

addressed as (
    select
        crm.record_id as crm_record_id,
        map.record_id as map_record_id,
        greatest(crm.created_at, map.created_at) as linked_at
    from placed as crm
    inner join placed as map on crm.star_record_id = map.star_record_id and crm.is_living = map.is_living
    left join synchronised on crm.system = synchronised.crm_system and map.system = synchronised.map_system
    where
        crm.system_role = 'crm'
        and map.system_role = 'map'
        and synchronised.crm_system is null
        and (
            crm.place = map.place
            or (crm.place = 1 and map.place > crm.record_count)
            or (map.place = 1 and crm.place > map.record_count)
        )
),

tied as (
    select crm_record_id, map_record_id, linked_at, true as is_declared from declared
    union all
    select crm_record_id, map_record_id, linked_at, false from addressed
),

pairs as (
    select
        tied.*,
        crm.system as crm_system,
        map.system as map_system,
        crm.is_living,
        first_value(tied.map_record_id) over (
            partition by tied.crm_record_id, map.system order by map.created_at, tied.map_record_id
            rows between unbounded preceding and unbounded following
        ) as first_map_record_id,
        first_value(tied.crm_record_id) over (
            partition by tied.map_record_id, crm.system order by crm.created_at, tied.crm_record_id
            rows between unbounded preceding and unbounded following
        ) as first_crm_record_id
    from tied
    inner join people as crm on tied.crm_record_id = crm.record_id
    inner join people as map on tied.map_record_id = map.record_id
)

select
    *,
    map_record_id = first_map_record_id and crm_record_id = first_crm_record_id as is_primary
from pairs
