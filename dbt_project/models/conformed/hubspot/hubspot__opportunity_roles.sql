-- Grain: one row per deal, contact, association type and version that gives or takes the role.
-- An association has no date of its own. What came with the first delivery after the deal was made is as old as the
-- deal; what came later was given by then.
with

deal_contacts as (select * from {{ ref('stg_hubspot__deal_contacts') }}),

deals as (
    select
        deal_id,
        min(created_at) as created_at
    from {{ ref('stg_hubspot__deals') }}
    group by deal_id
),

first_seen as (
    select
        deal_id,
        contact_id,
        min(valid_from) as seen_at
    from deal_contacts
    group by deal_id, contact_id
),

deliveries as (
    select
        delivered_at,
        lag(delivered_at) over (order by delivered_at) as delivered_before_at
    from (select distinct valid_from as delivered_at from deal_contacts) as delivered
),

given as (
    select
        first_seen.deal_id,
        first_seen.contact_id,
        case when deals.created_at <= deliveries.delivered_before_at then first_seen.seen_at end as given_at
    from first_seen
    inner join deliveries on first_seen.seen_at = deliveries.delivered_at
    left join deals on first_seen.deal_id = deals.deal_id
)

select
    'hubspot:' || cast(deal_contacts.deal_id as string) as opportunity_id,
    'hubspot:contact:' || cast(deal_contacts.contact_id as string) as person_record_id,
    cast(deal_contacts.deal_id as string) || ':' || cast(deal_contacts.contact_id as string)
    || ':' || cast(deal_contacts.association_type_id as string) as source_record_id,
    deal_contacts.category as role,
    2 as role_rank,
    given.given_at,
    deal_contacts.is_deleted,
    deal_contacts.valid_from,
    deal_contacts.is_newest
from deal_contacts
inner join given
    on deal_contacts.deal_id = given.deal_id and deal_contacts.contact_id = given.contact_id
