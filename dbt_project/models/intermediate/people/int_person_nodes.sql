-- Grain: one row per person record, delivered or only named, numbered from the one that gives its id first.
-- The person takes the id of its oldest record, so the id survives merges with younger ones and later rebuilds. What is
-- never delivered may vanish with the evidence that names it, and a web client may change hands, so a delivered record
-- comes before both: every id ever published is the id of a record that stays (dim_person_redirects).
with

records as (select * from {{ ref('int_person_records_united') }}),

edges as (select * from {{ ref('int_identity_edges') }}),

acting as (select * from {{ ref('int_person_records_acting') }}),

named as (
    select person_record_id, created_at, 1 as id_order from records
    union all
    select person_record_id_a, cast(null as timestamp), 2 from edges
    union all
    select person_record_id_b, cast(null as timestamp), case when edge_kind = 'web_client' then 3 else 2 end from edges
    union all
    select person_record_id, cast(null as timestamp), 2 from acting
)

select
    person_record_id,
    min(id_order) = 1 as is_delivered,
    row_number() over (order by min(id_order), min(created_at) nulls last, person_record_id) as node
from named
group by person_record_id
