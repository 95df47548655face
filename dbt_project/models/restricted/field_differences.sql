-- Grain: one row per pair of living records of MAP and CRM and field in which they differ.
select
    map_record_id,
    crm_record_id,
    field,
    label as field_label,
    map_value,
    crm_value,
    winner,
    since_at
from {{ ref('int_field_differences') }}
where is_living
