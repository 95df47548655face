-- Grain: one row per user, queue or owner of a CRM.
with

users as (select * from {{ ref('stg_salesforce__users') }}),

user_versions as (select * from {{ ref('stg_salesforce__user_versions') }}),

hubspot_owners as (select * from {{ ref('stg_hubspot__owners') }}),

-- Who came back is active; the last spell of absence counts.
last_active as (
    select user_id, max(updated_at) as last_active_at
    from user_versions
    where is_active
    group by user_id
),

departures as (
    select user_versions.user_id, min(user_versions.updated_at) as left_at
    from user_versions
    left join last_active on user_versions.user_id = last_active.user_id
    where
        not user_versions.is_active
        and (last_active.last_active_at is null or user_versions.updated_at > last_active.last_active_at)
    group by user_versions.user_id
),

final as (
    select
        'salesforce:' || users.user_id as owner_id,
        'salesforce' as system,
        users.user_id as source_owner_id,
        users.user_name as owner_name,
        case
            when users.user_type = 'Queue' or users.user_id like '00G%' then 'queue'
            when coalesce(users.user_type, 'Standard') = 'Standard' then 'human'
            else 'automation'
        end as owner_kind,
        lower(trim(users.territory)) as territory,
        departures.left_at
    from users
    left join departures on users.user_id = departures.user_id
    union all
    select
        'hubspot:' || cast(owner_id as string),
        'hubspot',
        cast(owner_id as string),
        cast(null as string),
        case when upper(owner_type) = 'QUEUE' then 'queue' else 'human' end,
        cast(null as string),
        case when is_archived then updated_at end
    from hubspot_owners
)

select * from final
