-- Grain: one row per address that a contact has or had, with the person record of the contact that has it, else of the
-- one that had it last.
with

contacts as (
    select
        'hubspot:contact:' || cast(contact_id as string) as person_record_id,
        {{ normalize_email('email') }} as email,
        valid_from,
        row_number() over (partition by contact_id order by valid_from desc) as address_position
    from {{ ref('stg_hubspot__contacts') }}
    where {{ normalize_email('email') }} is not null
),

ranked as (
    select
        email,
        person_record_id,
        row_number() over (
            partition by email
            order by case when address_position = 1 then 1 else 2 end asc, valid_from desc, person_record_id asc
        ) as holder_position
    from contacts
)

select
    email,
    person_record_id
from ranked
where holder_position = 1
