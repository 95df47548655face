-- Grain: one row per user or queue and version; a queue that only a lead names is known by the prefix of its id.
with

users as (select * from {{ ref('stg_salesforce__users') }}),

leads as (select * from {{ ref('stg_salesforce__leads') }} where owner_id like '00G%'),

queues as (
    select distinct leads.owner_id
    from leads
    left join users on leads.owner_id = users.user_id
    where users.user_id is null
)

select
    'salesforce:' || user_id as owner_id,
    user_id as source_owner_id,
    user_name as owner_name,
    case
        when user_type = 'Queue' or user_id like '00G%' then 'queue'
        when coalesce(user_type, 'Standard') = 'Standard' then 'human'
        else 'automation'
    end as owner_kind,
    lower(trim(territory)) as territory,
    is_active and not coalesce(is_deleted, false) as is_active,
    valid_from,
    valid_to,
    is_newest
from users
union all
select
    'salesforce:' || owner_id as owner_id,
    owner_id as source_owner_id,
    cast(null as string) as owner_name,
    'queue' as owner_kind,
    cast(null as string) as territory,
    cast(null as boolean) as is_active,
    cast('1900-01-01' as timestamp) as valid_from,
    cast(null as timestamp) as valid_to,
    true as is_newest
from queues
