-- Grain: one row per identity edge: who is linked to whom, and by what evidence.
with

edges as (select * from {{ ref('int_identity_edges') }}),

resolved as (select * from {{ ref('int_people_resolved') }})

select
    edges.identity_edge_id,
    resolved.person_id,
    {{ safe_text(mask_emails('edges.person_record_id_a')) }} as person_record_id_a,
    {{ safe_text(mask_emails('edges.person_record_id_b')) }} as person_record_id_b,
    edges.edge_kind,
    cast(edges.strength_order as bigint) as strength_order,
    edges.is_strong,
    edges.evidence_system,
    {{ safe_text(mask_emails('edges.evidence_record')) }} as evidence_record,
    edges.evidence_at,
    edges.has_undelivered_record
from edges
inner join resolved on edges.person_record_id_a = resolved.person_record_id
