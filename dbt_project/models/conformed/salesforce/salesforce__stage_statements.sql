-- Grain: one row per tracked change of a lead's field.
with

lead_history as (select * from {{ ref('stg_salesforce__lead_history') }})

select
    'lead_history' as object,
    field_name as field,
    new_value as value,
    'salesforce:lead:' || lead_id as person_record_id,
    coalesce(history_id, lead_id) as source_record_id,
    changed_at as stated_at
from lead_history
