-- Grain: one row per change of a contact's lifecycle stage or lead status.
with

history as (
    select * from {{ ref('stg_hubspot__contact_property_history') }}
    where property_name in ('lifecyclestage', 'hs_lead_status')
)

select
    'contact_property_history' as object,
    property_name as field,
    property_value as value,
    'hubspot:contact:' || cast(contact_id as string) as person_record_id,
    cast(contact_id as string) as source_record_id,
    changed_at as stated_at
from history
