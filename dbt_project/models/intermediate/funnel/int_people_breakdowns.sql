-- Grain: one row per person and breakdown.
with

person_records as (select * from {{ ref('int_person_records') }}),

survived as (select * from {{ ref('int_people_survived') }}),

first_touches as (select * from {{ ref('int_people_first_touches') }}),

people_accounts as (select * from {{ ref('int_people_accounts') }}),

accounts as (select * from {{ ref('int_accounts_segmented') }}),

territories as (select * from {{ ref('int_country_territories') }}),

system_roles as (select * from {{ ref('int_system_roles') }}),

owned as (
    select
        person_records.person_id,
        person_records.owner_id,
        row_number() over (
            partition by person_records.person_id
            order by
                case when person_records.record_type = 'contact' then 1 else 2 end,
                person_records.updated_at desc nulls last,
                person_records.person_record_id asc
        ) as owner_position
    from person_records
    inner join system_roles
        on person_records.system = system_roles.system and system_roles.system_role = 'crm'
    where
        person_records.owner_id is not null
        and not person_records.is_deleted
        and not person_records.is_merged_away
),

people as (select distinct person_id from person_records),

described as (
    select
        people.person_id,
        first_touches.channel,
        first_touches.campaign_id as campaign,
        accounts.segment,
        territories.territory as region,
        owned.owner_id as owner
    from people
    left join first_touches on people.person_id = first_touches.person_id
    left join people_accounts on people.person_id = people_accounts.person_id
    left join accounts on people_accounts.account_id = accounts.account_id
    left join survived on people.person_id = survived.person_id
    left join territories on lower(trim(survived.country)) = lower(territories.country)
    left join owned on people.person_id = owned.person_id and owned.owner_position = 1
)

{{ broken_down('described', 'person_id') }}
