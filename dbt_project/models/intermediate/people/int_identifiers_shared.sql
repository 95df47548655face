-- Grain: one row per kind of edge and record or web client whose edges lead to more e-mail addresses than one id may.
with

records as (select * from {{ ref('int_person_records_united') }} where email_normalized is not null),

declared as (select * from {{ ref('int_identity_edges_declared') }}),

inferred as (select * from {{ ref('int_identity_edges_inferred') }}),

limits as (select * from {{ ref('identity_limits') }}),

sides as (
    select edge_kind, record_a as person_record_id, record_b as linked_record_id from declared
    union all
    select edge_kind, record_b, record_a from declared
    union all
    select edge_kind, record_b, record_a from inferred
    union all
    -- An address that many records list is shared as much as a record that lists many.
    select edge_kind, record_a, record_b from inferred
    where edge_kind = 'further_email'
)

select
    sides.edge_kind,
    sides.person_record_id,
    count(distinct records.email_normalized) as address_count
from sides
inner join limits on sides.edge_kind = limits.edge_kind
inner join records on sides.linked_record_id = records.person_record_id
group by sides.edge_kind, sides.person_record_id
having count(distinct records.email_normalized) > max(limits.max_addresses)
