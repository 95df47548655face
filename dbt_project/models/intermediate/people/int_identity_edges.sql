-- Grain: one row per identity edge: two person records, and the kind of evidence that they are one person.
-- An edge that the seed identity_unlinks names is cut, whatever its evidence, and so are those of an id that too many
-- share.
with

records as (select * from {{ ref('int_person_records_united') }}),

declared as (select * from {{ ref('int_identity_edges_declared') }}),

inferred as (select * from {{ ref('int_identity_edges_inferred') }}),

unlinks as (select * from {{ ref('identity_unlinks') }}),

shared as (select * from {{ ref('int_identifiers_shared') }}),

united as (
    select edge_kind, record_a, record_b, evidence_system, evidence_record, evidence_at from declared
    union all
    select edge_kind, record_a, record_b, evidence_system, evidence_record, evidence_at from inferred
),

edges as (
    select united.*
    from united
    left join unlinks
        on
            least(united.record_a, united.record_b)
            = least(unlinks.person_record_id_a, unlinks.person_record_id_b)
            and greatest(united.record_a, united.record_b)
            = greatest(unlinks.person_record_id_a, unlinks.person_record_id_b)
    left join shared as shared_a
        on united.edge_kind = shared_a.edge_kind and united.record_a = shared_a.person_record_id
    left join shared as shared_b
        on united.edge_kind = shared_b.edge_kind and united.record_b = shared_b.person_record_id
    where
        unlinks.person_record_id_a is null
        and shared_a.person_record_id is null
        and shared_b.person_record_id is null
),

final as (
    select
        {{ hash_key(['edges.edge_kind', 'edges.record_a', 'edges.record_b']) }} as identity_edge_id,
        edges.edge_kind,
        edges.record_a as person_record_id_a,
        edges.record_b as person_record_id_b,
        case edges.edge_kind
            when 'sync_id' then 1
            when 'conversion' then 2
            when 'merge' then 3
            when 'steward' then 3
            when 'email' then 4
            when 'further_email' then 4
            else 5
        end as strength_order,
        edges.edge_kind in ('sync_id', 'conversion', 'merge', 'steward') as is_strong,
        edges.evidence_system,
        edges.evidence_record,
        edges.evidence_at,
        side_a.person_record_id is null
        or (side_b.person_record_id is null and edges.edge_kind <> 'web_client') as has_undelivered_record
    from edges
    left join records as side_a on edges.record_a = side_a.person_record_id
    left join records as side_b on edges.record_b = side_b.person_record_id
)

select * from final
