-- Grain: one row per opportunity and person with a role on it.
with

contact_roles as (select * from {{ ref('stg_salesforce__opportunity_contact_roles') }}),

leads as (select * from {{ ref('stg_salesforce__leads') }}),

deal_contacts as (select * from {{ ref('stg_hubspot__deal_contacts') }}),

person_records as (select * from {{ ref('int_person_records') }}),

opportunities as (select * from {{ ref('int_opportunities_united') }}),

-- A converted lead made its opportunity, whether or not someone kept the contact role.
roles as (
    select
        'salesforce:' || opportunity_id as opportunity_id,
        'salesforce:contact:' || contact_id as person_record_id,
        role,
        case when is_primary then 1 else 2 end as role_rank,
        created_at
    from contact_roles
    where not coalesce(is_deleted, false)
    union all
    select
        'salesforce:' || converted_opportunity_id,
        'salesforce:lead:' || lead_id,
        'Converted lead',
        3,
        created_at
    from leads
    where converted_opportunity_id is not null
    union all
    select
        'hubspot:' || cast(deal_id as string),
        'hubspot:contact:' || cast(contact_id as string),
        category,
        2,
        cast(null as timestamp)
    from deal_contacts
),

people as (
    select
        roles.opportunity_id,
        person_records.person_id,
        roles.role,
        row_number() over (
            partition by roles.opportunity_id, person_records.person_id
            order by roles.role_rank, roles.created_at, roles.role
        ) as role_position,
        row_number() over (
            partition by roles.opportunity_id
            order by roles.role_rank, roles.created_at, person_records.person_id, roles.role
        ) as opportunity_position
    from roles
    inner join opportunities on roles.opportunity_id = opportunities.opportunity_id
    inner join person_records on roles.person_record_id = person_records.person_record_id
    where person_records.person_id is not null
),

final as (
    select
        opportunity_id,
        person_id,
        role,
        opportunity_position = 1 as is_primary
    from people
    where role_position = 1
)

select * from final
