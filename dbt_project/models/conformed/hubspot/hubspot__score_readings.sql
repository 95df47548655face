-- Grain: one row per change of a contact's score property.
with

history as (
    select * from {{ ref('stg_hubspot__contact_property_history') }}
    where lower(property_name) like '%score%'
)

select
    'hubspot:contact:' || cast(contact_id as string) as person_record_id,
    lower(property_name) as score_name,
    {{ try_cast('property_value', 'double') }} as score,
    cast(null as double) as score_before,
    changed_at as read_at,
    cast(contact_id as string) as source_record_id
from history
