-- Grain: one row per id that a person has or could have been published under: the id of each of its records.
with

resolved as (select * from {{ ref('int_people_resolved') }}),

edges as (select * from {{ ref('int_identity_edges') }}),

linked as (
    select person_record_id_a as person_record_id, evidence_at from edges
    union all
    select person_record_id_b, evidence_at from edges
),

first_links as (
    select person_record_id, min(evidence_at) as linked_at from linked group by person_record_id
),

final as (
    select
        {{ hash_key(['resolved.person_record_id']) }} as former_person_id,
        resolved.person_id,
        {{ safe_text(mask_emails('resolved.person_record_id')) }} as person_record_id,
        resolved.person_record_id = resolved.oldest_record_id as is_current,
        first_links.linked_at
    from resolved
    left join first_links on resolved.person_record_id = first_links.person_record_id
)

select * from final
