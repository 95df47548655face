-- Grain: one row per address that a contact has or had, with the contact's person record; an address may be on several
-- contacts, which are one person, so any one will do.
with

contacts as (select * from {{ ref('stg_hubspot__contacts') }})

select
    {{ normalize_email('email') }} as email,
    min('hubspot:contact:' || cast(contact_id as string)) as person_record_id
from contacts
where {{ normalize_email('email') }} is not null
group by {{ normalize_email('email') }}
