-- Grain: one row per person record and e-mail address that it lists beside its own: the newest list that it tells.
-- What is not shaped like an address names nobody.
with

addresses as (select * from {{ ref('further_addresses') }}),

records as (select * from {{ ref('int_person_records_united') }}),

email_providers as (select * from {{ ref('email_providers') }}),

newest as (select person_record_id, max(valid_from) as valid_from from addresses group by person_record_id),

shaped as (
    select
        addresses.person_record_id,
        addresses.email,
        addresses.valid_from
    from addresses
    inner join newest
        on addresses.person_record_id = newest.person_record_id and addresses.valid_from = newest.valid_from
    where {{ is_email_shaped('addresses.email') }}
),

normalised as (
    select
        shaped.person_record_id,
        {{ email_folded('shaped.email', 'providers') }} as email_normalized,
        max(shaped.valid_from) as told_at
    from shaped
    left join email_providers as providers on {{ split_part('shaped.email', '@', 2) }} = providers.email_domain
    group by shaped.person_record_id, {{ email_folded('shaped.email', 'providers') }}
)

select
    normalised.person_record_id,
    normalised.email_normalized,
    records.system,
    records.record_type,
    records.record_id,
    normalised.told_at
from normalised
inner join records on normalised.person_record_id = records.person_record_id
where records.email_normalized is null or records.email_normalized <> normalised.email_normalized
