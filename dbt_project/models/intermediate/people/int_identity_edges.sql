-- Grain: one row per identity edge: two person records, and the kind of evidence that they are one person.
with

records as (select * from {{ ref('int_person_records_united') }}),

declared as (select * from {{ ref('int_identity_edges_declared') }}),

web_links as (select * from {{ ref('int_web_clients_linked') }}),

role_mailboxes as (select * from {{ ref('role_mailboxes') }}),

shared_identifiers as (select * from {{ ref('shared_identifiers') }}),

addresses as (
    select
        email_normalized, min(person_record_id) as first_record,
        count(*) as record_count
    from records
    where is_email_valid
    group by email_normalized
),

linking_addresses as (
    -- A mailbox that several people read says nothing about who wrote.
    select addresses.*
    from addresses
    left join role_mailboxes
        on {{ split_part('addresses.email_normalized', '@', 1) }} = role_mailboxes.mailbox
    left join shared_identifiers
        on
            shared_identifiers.identifier_kind = 'email'
            and addresses.email_normalized = shared_identifiers.identifier
    where role_mailboxes.mailbox is null and shared_identifiers.identifier is null
),

email_edges as (
    select
        'email' as edge_kind, addresses.first_record as record_a, records.person_record_id as record_b,
        records.system as evidence_system, records.record_type || ' ' || records.record_id as evidence_record,
        records.updated_at as evidence_at
    from records
    inner join linking_addresses as addresses on records.email_normalized = addresses.email_normalized
    where records.is_email_valid and records.person_record_id <> addresses.first_record
),

web_targets as (
    -- A web client names its person by address or by record id.
    select
        web_links.client_id, web_links.evidence_system, web_links.evidence_record, web_links.evidence_at,
        coalesce(by_id.person_record_id, by_address.first_record) as record_a
    from web_links
    left join records as by_id on web_links.linked_system_record_id = by_id.system_record_id
    left join linking_addresses as by_address on web_links.linked_email = by_address.email_normalized
),

web_edges as (
    select
        'web_client' as edge_kind, web_targets.record_a, 'ga4:web_client:' || web_targets.client_id as record_b,
        min(web_targets.evidence_system) as evidence_system, min(web_targets.evidence_record) as evidence_record,
        min(web_targets.evidence_at) as evidence_at
    from web_targets
    left join shared_identifiers
        on
            shared_identifiers.identifier_kind = 'client_id'
            and web_targets.client_id = shared_identifiers.identifier
    where web_targets.record_a is not null and shared_identifiers.identifier is null
    group by web_targets.record_a, web_targets.client_id
),

edges as (
    select edge_kind, record_a, record_b, evidence_system, evidence_record, evidence_at from declared
    union all
    select edge_kind, record_a, record_b, evidence_system, evidence_record, evidence_at from email_edges
    union all
    select edge_kind, record_a, record_b, evidence_system, evidence_record, evidence_at from web_edges
),

final as (
    select
        {{ hash_key(['edges.edge_kind', 'edges.record_a', 'edges.record_b']) }} as identity_edge_id,
        edges.edge_kind,
        edges.record_a as person_record_id_a,
        edges.record_b as person_record_id_b,
        case edges.edge_kind
            when 'sync_id' then 1
            when 'conversion' then 2
            when 'merge' then 3
            when 'email' then 4
            else 5
        end as strength_order,
        edges.edge_kind in ('sync_id', 'conversion', 'merge') as is_strong,
        edges.evidence_system,
        edges.evidence_record,
        edges.evidence_at,
        side_a.person_record_id is null
        or (side_b.person_record_id is null and edges.edge_kind <> 'web_client') as has_undelivered_record
    from edges
    left join records as side_a on edges.record_a = side_a.person_record_id
    left join records as side_b on edges.record_b = side_b.person_record_id
)

select * from final
