-- Grain: one row per person record of a MAP or CRM, with the record that it counts as: the one that it was merged into,
-- and a converted lead its contact, as the CRM reports it.
with

person_records as (select * from {{ ref('int_person_records') }}),

identity_edges as (select * from {{ ref('int_identity_edges') }}),

systems as (
    select distinct system from {{ ref('int_system_roles') }}
    where system_role in ('map', 'crm')
),

merged_pairs as (
    select
        person_record_id_b as id,
        min(person_record_id_a) as target
    from identity_edges
    where edge_kind = 'merge'
    group by person_record_id_b
),

{{ follow_pointers('merged_pairs', 4) }},

heirs as (
    select
        person_records.person_record_id,
        person_records.system,
        coalesce(pointer_ends.target, person_records.person_record_id) as heir_record_id
    from person_records
    left join pointer_ends on person_records.person_record_id = pointer_ends.id
),

-- A contact that was deleted leaves its lead to stand for itself.
conversions as (
    select
        identity_edges.person_record_id_b as lead_record_id,
        min(coalesce(pointer_ends.target, identity_edges.person_record_id_a)) as contact_record_id
    from identity_edges
    left join pointer_ends on identity_edges.person_record_id_a = pointer_ends.id
    left join person_records
        on coalesce(pointer_ends.target, identity_edges.person_record_id_a) = person_records.person_record_id
    where identity_edges.edge_kind = 'conversion' and not coalesce(person_records.is_deleted, false)
    group by identity_edges.person_record_id_b
),

final as (
    select
        heirs.system,
        heirs.person_record_id,
        heirs.heir_record_id,
        coalesce(conversions.contact_record_id, heirs.heir_record_id) as counted_record_id,
        not living.is_merged_away and not living.is_deleted as is_counted
    from heirs
    inner join systems on heirs.system = systems.system
    inner join person_records as living on heirs.heir_record_id = living.person_record_id
    left join conversions on heirs.heir_record_id = conversions.lead_record_id
)

select * from final
