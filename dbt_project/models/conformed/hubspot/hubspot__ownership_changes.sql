-- Grain: one row per contact and change of its owner.
with

history as (
    select * from {{ ref('stg_hubspot__contact_property_history') }}
    where property_name = 'hubspot_owner_id'
)

select
    'hubspot:contact:' || cast(contact_id as string) as person_record_id,
    changed_at,
    property_name as field,
    'hubspot:' || lag(property_value) over (partition by contact_id order by changed_at) as old_owner_id,
    'hubspot:' || property_value as new_owner_id
from history
