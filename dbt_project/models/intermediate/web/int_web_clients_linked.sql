-- Grain: one row per web client and the person record or address it was seen with.
with

marketo_leads as (select * from {{ ref('stg_marketo__leads') }}),

hubspot_contacts as (select * from {{ ref('stg_hubspot__contacts') }}),

form_submissions as (select * from {{ ref('stg_hubspot__form_submissions') }}),

web_events as (select * from {{ ref('int_web_events') }}),

email_providers as (select * from {{ ref('email_providers') }}),

signed_in as (
    -- The last user id seen in a client is the client's person: a shared browser does not make its users one person.
    select client_id, user_id, occurred_at as evidence_at
    from (
        select
            client_id,
            user_id,
            max(occurred_at) as occurred_at,
            row_number() over (partition by client_id order by max(occurred_at) desc, user_id asc) as user_rank
        from web_events
        where user_id is not null
        group by client_id, user_id
    ) as seen
    where user_rank = 1
),

links as (
    select
        ga_client_id as client_id, 'marketo:' || cast(lead_id as string) as linked_system_record_id,
        cast(null as string) as linked_email, 'marketo' as evidence_system, 'lead ' || cast(lead_id as string)
            as evidence_record, created_at as evidence_at
    from marketo_leads
    union all
    select
        ga_client_id, 'hubspot:' || cast(contact_id as string), cast(null as string), 'hubspot',
        'contact ' || cast(contact_id as string), created_at
    from hubspot_contacts
    union all
    select
        ga_client_id, 'hubspot:' || cast(contact_id as string),
        case when contact_id is null then {{ normalize_email('email') }} end, 'hubspot',
        'form submission ' || form_submission_id, submitted_at
    from form_submissions
    union all
    select
        client_id, case when user_id not like '%@%' then user_id end,
        case when user_id like '%@%' then {{ normalize_email('user_id') }} end, 'ga4', 'user id of ' || client_id,
        evidence_at
    from signed_in
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
