-- Grain: one row per person record that is linked to another. The query gives the links; the materialization follows
-- them.
{{ config(materialized='connected_components') }}

with

nodes as (select * from {{ ref('int_person_nodes') }}),

edges as (select * from {{ ref('int_identity_edges') }})

select side_a.node as node_a, side_b.node as node_b
from edges
inner join nodes as side_a on edges.person_record_id_a = side_a.person_record_id
inner join nodes as side_b on edges.person_record_id_b = side_b.person_record_id
