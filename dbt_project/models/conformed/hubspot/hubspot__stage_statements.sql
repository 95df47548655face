-- Grain: one row per change of a contact's lifecycle stage or lead status, and per first conversion that it is stamped
-- with.
with

history as (
    select * from {{ ref('stg_hubspot__contact_property_history') }}
    where property_name in ('lifecyclestage', 'hs_lead_status')
),

conversions as (
    select distinct contact_id, first_conversion_at
    from {{ ref('stg_hubspot__contacts') }}
    where first_conversion_at is not null
)

select
    'contact_property_history' as object,
    property_name as field,
    property_value as value,
    'hubspot:contact:' || cast(contact_id as string) as person_record_id,
    cast(contact_id as string) as source_record_id,
    changed_at as stated_at
from history
union all
select
    'contact' as object,
    'first_conversion_date' as field,
    '*' as value,
    'hubspot:contact:' || cast(contact_id as string) as person_record_id,
    cast(contact_id as string) as source_record_id,
    first_conversion_at as stated_at
from conversions
