-- Grain: one row per link between two person records that shared evidence implies: an e-mail address, a web client.
-- Links of an address form a star around its first record. Of two unlinked records that share an address the second
-- (person_record_id_b of the seed) no longer links by it, so the address can't tie them together through a third.
with

records as (select * from {{ ref('int_person_records_united') }}),

web_links as (select * from {{ ref('int_web_clients_linked') }}),

role_addresses as (select * from {{ ref('int_role_addresses') }}),

shared_identifiers as (select * from {{ ref('shared_identifiers') }}),

unlinks as (select * from {{ ref('identity_unlinks') }}),

parted as (
    select distinct unlinks.person_record_id_b as person_record_id
    from unlinks
    inner join records as kept on unlinks.person_record_id_a = kept.person_record_id
    inner join records as parted on unlinks.person_record_id_b = parted.person_record_id
    where kept.email_normalized = parted.email_normalized
),

addressed as (
    -- A mailbox that several people read says nothing about who wrote.
    select records.*
    from records
    left join role_addresses on records.email_normalized = role_addresses.email
    left join shared_identifiers
        on shared_identifiers.identifier_kind = 'email' and records.email_normalized = shared_identifiers.identifier
    left join parted on records.person_record_id = parted.person_record_id
    where
        records.is_email_valid and role_addresses.email is null and shared_identifiers.identifier is null
        and parted.person_record_id is null
),

addresses as (
    select email_normalized, min(person_record_id) as first_record from addressed group by email_normalized
),

web_targets as (
    -- A web client names its person by address or by record id.
    select
        web_links.client_id, web_links.evidence_system, web_links.evidence_record, web_links.evidence_at,
        coalesce(by_id.person_record_id, by_address.first_record) as record_a
    from web_links
    left join records as by_id on web_links.linked_system_record_id = by_id.system_record_id
    left join addresses as by_address on web_links.linked_email = by_address.email_normalized
)

select
    'email' as edge_kind,
    addresses.first_record as record_a,
    addressed.person_record_id as record_b,
    addressed.system as evidence_system,
    addressed.record_type || ' ' || addressed.record_id as evidence_record,
    addressed.updated_at as evidence_at
from addressed
inner join addresses on addressed.email_normalized = addresses.email_normalized
where addressed.person_record_id <> addresses.first_record
union all
select
    'web_client' as edge_kind,
    web_targets.record_a,
    'web:web_client:' || web_targets.client_id as record_b,
    min(web_targets.evidence_system) as evidence_system,
    min(web_targets.evidence_record) as evidence_record,
    min(web_targets.evidence_at) as evidence_at
from web_targets
left join shared_identifiers
    on shared_identifiers.identifier_kind = 'client_id' and web_targets.client_id = shared_identifiers.identifier
where web_targets.record_a is not null and shared_identifiers.identifier is null
group by web_targets.record_a, web_targets.client_id
