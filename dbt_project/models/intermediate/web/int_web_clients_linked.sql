-- Grain: one row per web client and the person record or address it was seen with.
with

people as (select * from {{ ref('people') }}),

form_fills as (select * from {{ ref('form_fills') }}),

web_events as (select * from {{ ref('web_events') }}),

email_providers as (select * from {{ ref('email_providers') }}),

signed_in as (
    -- The last user id seen in a client is the client's person: a shared browser does not make its users one person.
    select system, client_id, user_id, occurred_at as evidence_at
    from (
        select
            system,
            client_id,
            user_id,
            max(occurred_at) as occurred_at,
            row_number() over (
                partition by system, client_id order by max(occurred_at) desc, user_id asc
            ) as user_rank
        from web_events
        where user_id is not null
        group by system, client_id, user_id
    ) as seen
    where user_rank = 1
),

-- A site may write an id of 18 characters by its first 15, without those that check them, and a system with a capital.
named as (
    select system || ':' || record_id as written, system || ':' || record_id as system_record_id
    from people
    union
    select system || ':' || substr(record_id, 1, 15), system || ':' || record_id
    from people
    where length(record_id) = 18
),

users as (
    select
        signed_in.system,
        signed_in.client_id,
        signed_in.evidence_at,
        case
            when signed_in.user_id not like '%@%' then coalesce(named.system_record_id, signed_in.user_id)
        end as linked_system_record_id,
        case when signed_in.user_id like '%@%' then {{ normalize_email('signed_in.user_id') }} end as linked_email
    from signed_in
    left join named
        on
            lower({{ split_part('signed_in.user_id', ':', 1) }}) || ':'
            || {{ split_part('signed_in.user_id', ':', 2) }} = named.written
),

links as (
    select
        web_client_id as client_id, system || ':' || record_id as linked_system_record_id,
        cast(null as string) as linked_email, system as evidence_system,
        record_type || ' ' || record_id as evidence_record, created_at as evidence_at
    from people
    where web_client_id is not null
    union all
    select
        web_client_id,
        {{ split_part('person_record_id', ':', 1) }} || ':' || {{ split_part('person_record_id', ':', 3) }},
        case when person_record_id is null then email end, system, 'form submission ' || source_record_id, filled_at
    from form_fills
    where web_client_id is not null
    union all
    select client_id, linked_system_record_id, linked_email, system, 'user id of ' || client_id, evidence_at
    from users
),

folded as (
    select
        links.client_id, links.linked_system_record_id, links.evidence_system, links.evidence_record, links.evidence_at,
        case when links.linked_email like '%@%' then {{ email_folded('links.linked_email', 'providers') }} end
            as linked_email
    from links
    left join email_providers as providers
        on {{ split_part('links.linked_email', '@', 2) }} = providers.email_domain
),

final as (
    select
        {{ hash_key(['client_id', 'linked_system_record_id', 'linked_email']) }} as web_link_id,
        client_id, linked_system_record_id, linked_email, min(evidence_system) as evidence_system,
        min(evidence_record) as evidence_record, min(evidence_at) as evidence_at
    from folded
    where client_id is not null and coalesce(linked_system_record_id, linked_email) is not null
    group by client_id, linked_system_record_id, linked_email
)

select * from final
