-- Grain: one row per identity edge whose two records are different people: the search for connected records stopped
-- before its end.
{{ config(meta={
    'owner': 'data_engineering',
    'meaning': 'Records that are connected are still different people, so people are counted twice.',
    'remedy': 'A fault of the models, which data can\'t cause: keep the lake and report it with the rows below.',
}) }}
with

edges as (select * from {{ ref('int_identity_edges') }}),

resolved as (select * from {{ ref('int_people_resolved') }})

select
    edges.identity_edge_id,
    side_a.person_id as person_id_a,
    side_b.person_id as person_id_b
from edges
inner join resolved as side_a on edges.person_record_id_a = side_a.person_record_id
inner join resolved as side_b on edges.person_record_id_b = side_b.person_record_id
where side_a.person_id <> side_b.person_id
