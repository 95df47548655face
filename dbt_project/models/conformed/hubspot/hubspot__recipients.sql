-- Grain: one row per address that a contact has or had, further ones too, with the person record of the contact that
-- has it, else of the one that had it last.
with

versions as (select * from {{ ref('stg_hubspot__contacts') }}),

contacts as (
    select
        'hubspot:contact:' || cast(contact_id as string) as person_record_id,
        {{ normalize_email('email') }} as email,
        valid_from,
        case when row_number() over (partition by contact_id order by valid_from desc) = 1 then 1 else 3 end
            as address_position
    from versions
    where {{ normalize_email('email') }} is not null
),

-- A contact's own address goes before another's further one, and that before one that somebody had.
addresses as (
    select person_record_id, email, valid_from, address_position from contacts
    union all
    select person_record_id, email, valid_from, 2 from {{ ref('hubspot__further_addresses') }}
),

ranked as (
    select
        email,
        person_record_id,
        row_number() over (
            partition by email
            order by address_position asc, valid_from desc, person_record_id asc
        ) as holder_position
    from addresses
)

select
    email,
    person_record_id
from ranked
where holder_position = 1
