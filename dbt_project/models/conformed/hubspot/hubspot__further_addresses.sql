-- Grain: one row per contact, version and address that it lists beside the contact's own.
with

versions as (
    select
        contact_id,
        valid_from,
        -- A list that came as JSON stands in brackets.
        replace(replace(further_emails, '[', ' '), ']', ' ') as further_emails
    from {{ ref('stg_hubspot__contacts') }}
    where further_emails is not null
),

listed as (
    select
        versions.contact_id,
        versions.valid_from,
        {{ normalize_email('listed.item') }} as email
    from versions
    cross join {{ id_list_rows('versions.further_emails', parted_by='[;, "]+') }}
)

select distinct
    'hubspot:contact:' || cast(contact_id as string) as person_record_id,
    email,
    valid_from
from listed
where email is not null
