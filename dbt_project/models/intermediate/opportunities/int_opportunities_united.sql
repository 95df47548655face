-- Grain: one row per opportunity: the record that survives its merges, the CRM's where another system holds a copy.
-- A custom field that this record lacks is the copy's.
{%- set custom = custom_fields('opportunities') %}
with

records as (select * from {{ ref('int_opportunity_records') }}),

counted as (
    select
        opportunity_id,
        count(*) as record_count,
        max(case when opportunity_record_id <> opportunity_id and not is_merged_away then opportunity_record_id end)
            as copy_record_id{% for field in custom %},
        max(case when not is_merged_away then {{ field }} end) as {{ field }}{% endfor %}
    from records
    group by opportunity_id
)

select
    records.opportunity_id,
    records.system,
    records.source_opportunity_id,
    counted.copy_record_id,
    counted.record_count,
    records.account_record_id,
    records.campaign_id,
    records.owner_id,
    records.opportunity_name,
    records.stage_name,
    records.stage_order,
    records.opportunity_type,
    records.lead_source,
    records.loss_reason,
    records.amount,
    records.currency_code,
    records.is_pending_acceptance,
    records.is_closed,
    records.is_won,
    records.is_deleted,
    records.close_date,
    records.created_at,
    records.updated_at{% for field in custom %},
    coalesce(records.{{ field }}, counted.{{ field }}) as {{ field }}{% endfor %}
from records
inner join counted on records.opportunity_id = counted.opportunity_id
where records.opportunity_record_id = records.opportunity_id
