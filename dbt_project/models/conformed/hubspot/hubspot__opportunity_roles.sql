-- Grain: one row per deal, contact, association type and version that gives or takes the role.
-- An association has no date of its own: what came with the first delivery is as old as the deal.
with

deal_contacts as (select * from {{ ref('stg_hubspot__deal_contacts') }}),

first_delivery as (select min(valid_from) as delivered_at from deal_contacts),

first_seen as (
    select
        deal_id,
        contact_id,
        min(valid_from) as seen_at
    from deal_contacts
    group by deal_id, contact_id
)

select
    'hubspot:' || cast(deal_contacts.deal_id as string) as opportunity_id,
    'hubspot:contact:' || cast(deal_contacts.contact_id as string) as person_record_id,
    cast(deal_contacts.deal_id as string) || ':' || cast(deal_contacts.contact_id as string)
    || ':' || cast(deal_contacts.association_type_id as string) as source_record_id,
    deal_contacts.category as role,
    2 as role_rank,
    case when first_seen.seen_at > first_delivery.delivered_at then first_seen.seen_at end as given_at,
    deal_contacts.is_deleted,
    deal_contacts.valid_from,
    deal_contacts.is_newest
from deal_contacts
inner join first_seen
    on deal_contacts.deal_id = first_seen.deal_id and deal_contacts.contact_id = first_seen.contact_id
cross join first_delivery
