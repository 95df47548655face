-- Grain: one row per role of systems (map, crm, billing) and kind of record (person, opportunity, invoice): until when
-- every system in that role tells of them.
-- A system that fell silent so long before the others of its role was left: it has no more to tell.
with

delivered as (select * from {{ ref('int_delivered_until') }}),

roles as (select * from {{ ref('int_system_roles') }}),

-- Of the seed, not of the bills themselves: what is told of people does not wait for those.
billing_systems as (
    select system from {{ ref('system_roles') }} where system_role = 'billing' and role_rule <> 'never'
),

thresholds as (select max(warn) as silent_days from {{ ref('check_thresholds') }} where threshold = 'system_left'),

by_system as (
    select
        roles.system_role,
        case when delivered.record_type = 'opportunity' then 'opportunity' else 'person' end as record_kind,
        delivered.system,
        max(delivered.delivered_until) as delivered_until
    from delivered
    inner join roles on delivered.system = roles.system
    where delivered.is_made_by_sync or delivered.record_type = 'opportunity'
    group by
        roles.system_role, case when delivered.record_type = 'opportunity' then 'opportunity' else 'person' end,
        delivered.system
    union all
    select
        'billing',
        'invoice',
        delivered.system,
        delivered.delivered_until
    from delivered
    inner join billing_systems on delivered.system = billing_systems.system
    where delivered.record_type = 'invoice'
),

newest as (
    select
        system_role,
        record_kind,
        max(delivered_until) as delivered_until
    from by_system
    group by system_role, record_kind
)

select
    by_system.system_role,
    by_system.record_kind,
    min(by_system.delivered_until) as delivered_until
from by_system
inner join newest on by_system.system_role = newest.system_role and by_system.record_kind = newest.record_kind
cross join thresholds
where
    thresholds.silent_days is null
    or {{ days_between('by_system.delivered_until', 'newest.delivered_until') }} <= thresholds.silent_days
group by by_system.system_role, by_system.record_kind
