-- Grain: one row per person record, delivered or only named by another record, with the person it belongs to.
with

nodes as (select * from {{ ref('int_person_nodes') }}),

components as (select * from {{ ref('int_person_components') }})

select
    nodes.person_record_id,
    {{ hash_key(['oldest.person_record_id']) }} as person_id,
    oldest.person_record_id as oldest_record_id,
    nodes.is_delivered
from nodes
left join components on nodes.node = components.node
inner join nodes as oldest on coalesce(components.component, nodes.node) = oldest.node
