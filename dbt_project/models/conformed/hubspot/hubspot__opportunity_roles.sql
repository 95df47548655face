-- Grain: one row per deal, contact, association type and version that gives or takes the role.
-- A contact plays on each of its deals the buying roles that it has today.
-- An association has no date of its own. What came with the first delivery after the deal was made is as old as the
-- deal; what came later was given by then. Where no table tells of a deal, its own list does: what its first version
-- with a list holds is as old as the deal.
with

deal_contacts as (select * from {{ ref('stg_hubspot__deal_contacts') }}),

buying_roles as (
    select contact_id, buying_roles from {{ ref('stg_hubspot__contacts') }}
    where is_newest
),

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
        case when deals.created_at <= deliveries.delivered_before_at then first_seen.seen_at end as given_at,
        case when deals.created_at <= deliveries.delivered_before_at then deliveries.delivered_before_at end
            as given_after_at
    from first_seen
    inner join deliveries on first_seen.seen_at = deliveries.delivered_at
    left join deals on first_seen.deal_id = deals.deal_id
),

told as (
    select
        deal_versions.deal_id,
        deal_versions.contact_ids,
        deal_versions.valid_from,
        row_number() over (partition by deal_versions.deal_id order by deal_versions.valid_from) as told_number
    from {{ ref('stg_hubspot__deals') }} as deal_versions
    left join deal_contacts on deal_versions.deal_id = deal_contacts.deal_id
    where deal_versions.contact_ids is not null and deal_contacts.deal_id is null
),

named as (
    select distinct
        told.deal_id,
        told.valid_from,
        cast(listed.item as bigint) as contact_id
    from told
    cross join {{ id_list_rows('told.contact_ids') }}
    where {{ matches('listed.item', '^[1-9][0-9]*$') }}
),

ever_named as (
    select distinct deal_id, contact_id from named
),

states as (
    select
        told.deal_id,
        ever_named.contact_id,
        told.valid_from,
        told.told_number,
        named.contact_id is not null as is_listed,
        lag(told.valid_from) over (
            partition by told.deal_id, ever_named.contact_id order by told.valid_from
        ) as told_before_at,
        lag(named.contact_id is not null, 1, false) over (
            partition by told.deal_id, ever_named.contact_id order by told.valid_from
        ) as was_listed
    from told
    inner join ever_named on told.deal_id = ever_named.deal_id
    left join named
        on
            told.deal_id = named.deal_id
            and told.valid_from = named.valid_from
            and ever_named.contact_id = named.contact_id
),

listed_versions as (
    select
        *,
        first_value(case when told_number > 1 then valid_from end) over (
            partition by deal_id, contact_id order by valid_from
        ) as given_at,
        first_value(told_before_at) over (
            partition by deal_id, contact_id order by valid_from
        ) as given_after_at,
        lead(valid_from) over (partition by deal_id, contact_id order by valid_from) is null as is_newest
    from states
    where is_listed <> was_listed
)

select
    'hubspot:' || cast(deal_contacts.deal_id as string) as opportunity_id,
    'hubspot:contact:' || cast(deal_contacts.contact_id as string) as person_record_id,
    cast(deal_contacts.deal_id as string) || ':' || cast(deal_contacts.contact_id as string)
    || ':' || cast(deal_contacts.association_type_id as string) as source_record_id,
    buying_roles.buying_roles as role,
    2 as role_rank,
    given.given_at,
    given.given_after_at,
    deal_contacts.is_deleted,
    deal_contacts.valid_from,
    deal_contacts.is_newest
from deal_contacts
inner join given
    on deal_contacts.deal_id = given.deal_id and deal_contacts.contact_id = given.contact_id
left join buying_roles on deal_contacts.contact_id = buying_roles.contact_id
union all
select
    'hubspot:' || cast(listed_versions.deal_id as string),
    'hubspot:contact:' || cast(listed_versions.contact_id as string),
    cast(listed_versions.deal_id as string) || ':' || cast(listed_versions.contact_id as string),
    buying_roles.buying_roles,
    2,
    listed_versions.given_at,
    listed_versions.given_after_at,
    not listed_versions.is_listed,
    listed_versions.valid_from,
    listed_versions.is_newest
from listed_versions
left join buying_roles on listed_versions.contact_id = buying_roles.contact_id
