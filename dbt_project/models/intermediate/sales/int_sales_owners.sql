-- Grain: one row per user, queue or owner of a CRM, delivered or only named by a record.
with

owners as (select * from {{ ref('owners') }}),

rules as (select * from {{ ref('automation_rules') }}),

-- A connector's user is a user like any other, but for its name, its log-in or its profile.
automations as (
    select distinct owners.owner_id
    from owners
    inner join rules
        on
            lower(trim(
                case rules.attribute
                    when 'owner_name' then owners.owner_name
                    when 'owner_login' then owners.login_name
                    when 'owner_profile' then owners.profile_name
                end
            )) like rules.pattern
    where owners.is_newest
),

-- Who came back is active; the last spell of absence counts.
last_active as (
    select owner_id, max(valid_from) as last_active_at
    from owners
    where is_active
    group by owner_id
),

departures as (
    select owners.owner_id, min(owners.valid_from) as left_at
    from owners
    left join last_active on owners.owner_id = last_active.owner_id
    where
        not owners.is_active
        and (last_active.last_active_at is null or owners.valid_from > last_active.last_active_at)
    group by owners.owner_id
),

-- A marketing platform names the owners of the CRM.
named as (
    select owner_id from {{ ref('people') }}
    union
    select new_owner_id from {{ ref('ownership_changes') }}
    union
    select old_owner_id from {{ ref('ownership_changes') }}
    union
    select owner_id from {{ ref('opportunities') }}
    union
    select owner_id from {{ ref('accounts') }}
    union
    select owner_id from {{ ref('human_touches') }}
),

final as (
    select
        owners.owner_id,
        owners.system,
        owners.source_owner_id,
        owners.owner_name,
        case when automations.owner_id is not null then 'automation' else owners.owner_kind end as owner_kind,
        owners.territory,
        departures.left_at,
        true as is_delivered
    from owners
    left join departures on owners.owner_id = departures.owner_id
    left join automations on owners.owner_id = automations.owner_id
    where owners.is_newest
    union all
    select
        named.owner_id,
        {{ split_part('named.owner_id', ':', 1) }} as system,
        {{ split_part('named.owner_id', ':', 2) }} as source_owner_id,
        cast(null as string) as owner_name,
        'human' as owner_kind,
        cast(null as string) as territory,
        cast(null as timestamp) as left_at,
        false as is_delivered
    from named
    left join owners on named.owner_id = owners.owner_id
    where named.owner_id is not null and owners.owner_id is null
)

select * from final
