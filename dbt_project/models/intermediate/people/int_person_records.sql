-- Grain: one row per source record of a person. Records that only other records name (is_delivered = false) and linked
-- web clients are here too, so that whatever they did stays attributable.
with

records as (select * from {{ ref('int_person_records_united') }}),

resolved as (select * from {{ ref('int_people_resolved') }}),

merged_away as (
    select distinct person_record_id_b as person_record_id
    from {{ ref('int_identity_edges') }}
    where edge_kind = 'merge'
),

final as (
    select
        resolved.person_record_id,
        {{ split_part('resolved.person_record_id', ':', 1) }} as system,
        {{ split_part('resolved.person_record_id', ':', 2) }} as record_type,
        coalesce(records.record_id, regexp_replace(resolved.person_record_id, '^[^:]*:[^:]*:', '')) as record_id,
        resolved.person_id,
        records.email_normalized,
        coalesce(records.is_email_valid, false) as is_email_valid,
        records.first_name,
        records.last_name,
        records.company_name,
        records.job_title,
        records.phone_digits,
        records.country,
        records.state,
        records.industry,
        records.lead_source,
        records.lead_status,
        records.lifecycle_stage,
        records.owner_id,
        records.account_record_id,
        records.account_link,
        resolved.is_delivered,
        coalesce(records.is_deleted, false) as is_deleted,
        records.deleted_at,
        merged_away.person_record_id is not null as is_merged_away,
        records.is_opted_out as is_unsubscribed,
        records.created_at,
        records.updated_at,
        records.mql_at,
        records.total_score,
        records.fit_score,
        records.engagement_score{% for field in custom_fields('people') %}, records.{{ field }}{% endfor %}
    from resolved
    left join records on resolved.person_record_id = records.person_record_id
    left join merged_away on resolved.person_record_id = merged_away.person_record_id
)

select * from final
