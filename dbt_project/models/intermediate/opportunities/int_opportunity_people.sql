-- Grain: one row per opportunity and person who counts and has, or had, a role on it.
-- Who lost a role and has another has been on the opportunity since the first; who has none any more was on it until
-- the last was taken away.
with

roles as (
    select
        *,
        is_newest and not coalesce(is_deleted, false) as is_held
    from {{ ref('opportunity_roles') }}
),

person_records as (select * from {{ ref('int_person_records') }}),

opportunity_records as (select * from {{ ref('int_opportunity_records') }}),

living as (select * from {{ ref('int_people_living') }}),

placed as (
    select
        roles.*,
        opportunity_records.opportunity_id as united_opportunity_id,
        person_records.person_id,
        max(case when roles.opportunity_id = opportunity_records.opportunity_id then 1 else 0 end) over (
            partition by opportunity_records.opportunity_id, person_records.person_id
        ) as is_told_by_original
    from roles
    inner join opportunity_records on roles.opportunity_id = opportunity_records.opportunity_record_id
    inner join person_records on roles.person_record_id = person_records.person_record_id
    inner join living on person_records.person_id = living.person_id
),

-- A copy or a merged record is asked since when only where the opportunity itself does not name the person.
asked as (
    select
        *,
        is_told_by_original = 0 or opportunity_id = united_opportunity_id as is_asked
    from placed
),

held_roles as (
    select distinct united_opportunity_id, person_id, role from placed
    where is_held and role is not null
),

listed_roles as (
    select
        united_opportunity_id,
        person_id,
        {{ listed('role', ';', 'role') }} as roles
    from held_roles
    group by united_opportunity_id, person_id
),

people as (
    select
        roles.united_opportunity_id as opportunity_id,
        roles.person_id,
        roles.role,
        roles.role_rank,
        roles.is_held,
        case
            when max(case when roles.is_asked and roles.given_at is null then 1 else 0 end) over roles_of_person = 0
                then min(case when roles.is_asked then roles.given_at end) over roles_of_person
        end as given_at,
        case
            when count(case when roles.is_asked and roles.given_after_at is null then 1 end) over roles_of_person = 0
                then min(case when roles.is_asked then roles.given_after_at end) over roles_of_person
        end as given_after_at,
        case
            when max(case when roles.is_held then 1 else 0 end) over roles_of_person = 0
                then max(case when roles.is_newest then roles.valid_from end) over roles_of_person
        end as taken_at,
        row_number() over (
            partition by roles.united_opportunity_id, roles.person_id
            order by roles.is_held desc, roles.role_rank asc, roles.given_at asc, roles.role asc
        ) as role_position,
        row_number() over (
            partition by roles.united_opportunity_id
            order by
                roles.is_held desc, roles.role_rank asc, roles.given_at asc, roles.person_id asc,
                roles.role asc
        ) as opportunity_position
    from asked as roles
    window roles_of_person as (partition by roles.united_opportunity_id, roles.person_id)
),

final as (
    select
        people.opportunity_id,
        people.person_id,
        people.role,
        listed_roles.roles,
        people.role_rank,
        people.given_at,
        people.given_after_at,
        people.taken_at,
        people.is_held,
        people.opportunity_position = 1 and people.is_held as is_primary
    from people
    left join listed_roles
        on people.opportunity_id = listed_roles.united_opportunity_id and people.person_id = listed_roles.person_id
    where people.role_position = 1
)

select * from final
