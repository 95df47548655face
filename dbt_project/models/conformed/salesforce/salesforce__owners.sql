-- Grain: one row per user or queue and version.
-- A queue that only a lead or its history names is known by the prefix of its id.
with

users as (select * from {{ ref('stg_salesforce__users') }}),

leads as (select * from {{ ref('stg_salesforce__leads') }}),

changes as (select * from {{ ref('salesforce__ownership_changes') }}),

named as (
    select 'salesforce:' || owner_id as owner_id from leads
    union
    select old_owner_id from changes
    union
    select new_owner_id from changes
),

queues as (
    select named.owner_id
    from named
    left join users on named.owner_id = 'salesforce:' || users.user_id
    where named.owner_id like 'salesforce:00G%' and users.user_id is null
)

select
    'salesforce:' || user_id as owner_id,
    user_id as source_owner_id,
    user_name as owner_name,
    login_name,
    profile_name,
    case
        when user_type = 'Queue' or user_id like '00G%' then 'queue'
        -- Everybody else is somebody: employees, partners, customers.
        when user_type in ('AutomatedProcess', 'CloudIntegrationUser', 'Guest', 'CsnOnly') then 'automation'
        else 'human'
    end as owner_kind,
    lower(trim(territory)) as territory,
    is_active and not coalesce(is_deleted, false) as is_active,
    valid_from,
    valid_to,
    is_newest
from users
union all
select
    owner_id,
    {{ split_part('owner_id', ':', 2) }} as source_owner_id,
    cast(null as string) as owner_name,
    cast(null as string) as login_name,
    cast(null as string) as profile_name,
    'queue' as owner_kind,
    cast(null as string) as territory,
    cast(null as boolean) as is_active,
    cast('1900-01-01' as timestamp) as valid_from,
    cast(null as timestamp) as valid_to,
    true as is_newest
from queues
