-- Grain: one row per link between two person records that shared evidence implies: an e-mail address, an address that
-- one of them lists beside its own, a web client.
-- Links of an address form a star around its first record, one whose own it is before one that only lists it. Of two
-- unlinked records that share an address the second (person_record_id_b of the seed) no longer links by it, so the
-- address can't tie them together through a third.
with

records as (select * from {{ ref('int_person_records_united') }}),

further_addresses as (select * from {{ ref('int_further_addresses') }}),

web_links as (select * from {{ ref('int_web_clients_linked') }}),

role_addresses as (select * from {{ ref('int_role_addresses') }}),

shared_identifiers as (select * from {{ ref('shared_identifiers') }}),

unlinks as (select * from {{ ref('identity_unlinks') }}),

holders as (
    select
        person_record_id, email_normalized, false as is_further, system, record_type, record_id, updated_at as told_at
    from records
    where is_email_valid
    union all
    select person_record_id, email_normalized, true, system, record_type, record_id, told_at
    from further_addresses
),

parted as (
    select distinct parted.person_record_id, parted.email_normalized
    from unlinks
    inner join holders as kept on unlinks.person_record_id_a = kept.person_record_id
    inner join holders as parted on unlinks.person_record_id_b = parted.person_record_id
    where kept.email_normalized = parted.email_normalized
),

addressed as (
    -- A mailbox that several people read says nothing about who wrote.
    select
        holders.*,
        first_value(holders.person_record_id) over (
            partition by holders.email_normalized order by holders.is_further, holders.person_record_id
            rows between unbounded preceding and unbounded following
        ) as first_record
    from holders
    left join role_addresses on holders.email_normalized = role_addresses.email
    left join shared_identifiers
        on shared_identifiers.identifier_kind = 'email' and holders.email_normalized = shared_identifiers.identifier
    left join parted
        on
            holders.person_record_id = parted.person_record_id
            and holders.email_normalized = parted.email_normalized
    where
        role_addresses.email is null and shared_identifiers.identifier is null and parted.person_record_id is null
),

addresses as (select distinct email_normalized, first_record from addressed),

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
    case when is_further then 'further_email' else 'email' end as edge_kind,
    first_record as record_a,
    person_record_id as record_b,
    min(system) as evidence_system,
    min(record_type || ' ' || record_id) as evidence_record,
    min(told_at) as evidence_at
from addressed
where person_record_id <> first_record
group by case when is_further then 'further_email' else 'email' end, first_record, person_record_id
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
