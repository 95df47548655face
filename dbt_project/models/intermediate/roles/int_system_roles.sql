-- Grain: one row per role (crm, map, ads, web) and delivered system that plays it.
-- The CRM is the delivered system that the seed puts first. A marketing platform is every other delivered system that
-- can be one, and the CRM itself where there is no other.
with

roles as (select * from {{ ref('system_roles') }}),

people as (select distinct system from {{ ref('people') }}),

opportunities as (select distinct system from {{ ref('opportunities') }}),

accounts as (select distinct system from {{ ref('accounts') }}),

spend as (select distinct system from {{ ref('spend') }}),

delivered as (
    select system, 'crm' as system_role from people
    union
    select system, 'crm' from opportunities
    union
    select system, 'crm' from accounts
    union
    select system, 'map' from people
    union
    select system, 'ads' from spend
    union
    select distinct system, 'web' from {{ ref('web_events') }}
),

candidates as (
    select
        roles.system,
        roles.system_role,
        roles.role_rule,
        row_number() over (
            partition by roles.system_role order by roles.priority, roles.system
        ) as candidate_position
    from roles
    inner join delivered on roles.system = delivered.system and roles.system_role = delivered.system_role
    where roles.role_rule <> 'never'
),

crm as (
    select system from candidates
    where system_role = 'crm' and (candidate_position = 1 or role_rule = 'always')
),

other_maps as (
    select count(*) as map_count
    from candidates
    left join crm on candidates.system = crm.system
    where candidates.system_role = 'map' and crm.system is null
)

select
    candidates.system,
    candidates.system_role
from candidates
left join crm on candidates.system = crm.system
cross join other_maps
where
    candidates.role_rule = 'always'
    or candidates.system_role in ('ads', 'web')
    or (candidates.system_role = 'crm' and crm.system is not null)
    or (candidates.system_role = 'map' and (crm.system is null or other_maps.map_count = 0))
