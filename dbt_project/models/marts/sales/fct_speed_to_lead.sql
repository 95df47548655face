-- Grain: one row per person and entry of MQL.
with

passes as (select * from {{ ref('int_mql_passes') }}),

owners as (select * from {{ ref('int_mql_owners') }}),

times as (select * from {{ ref('int_mql_times') }}),

people as (select * from {{ ref('dim_people') }}),

misrouted as (select distinct mql_pass_id from {{ ref('int_routing_exceptions') }}),

-- Where nothing says when a human got it, the wait can't be split.
judged as (
    select
        passes.*,
        people.account_id,
        people.first_touch_channel as channel,
        people.first_touch_campaign_id as campaign_id,
        owners.owner_id,
        owners.owner_kind,
        owners.assigned_at,
        owners.owner_change_count,
        owners.territory,
        owners.region,
        times.waited_seconds,
        times.waited_from_inquiry_seconds,
        times.promised_seconds,
        times.due_at,
        times.is_due,
        times.is_sla_breach,
        case
            when owners.assigned_at is not null or (passes.first_touch_at is not null and not owners.is_assigned)
                then times.routing_seconds
        end as routing_seconds,
        misrouted.mql_pass_id is not null as has_routing_exception,
        owners.is_assigned or misrouted.mql_pass_id is not null as is_routed,
        passes.first_touch_at is not null as is_touched,
        passes.first_touch_at is null and not passes.has_negative_interval as is_censored
    from passes
    inner join owners on passes.mql_pass_id = owners.mql_pass_id
    inner join times on passes.mql_pass_id = times.mql_pass_id
    left join people on passes.person_id = people.person_id
    left join misrouted on passes.mql_pass_id = misrouted.mql_pass_id
)

select
    mql_pass_id,
    person_id,
    account_id,
    channel,
    campaign_id,
    pass_number,
    mql_record_id,
    crm_record_id,
    {{ or_unknown('owner_id') }} as owner_id,
    owner_kind,
    {{ or_unknown('territory') }} as territory,
    region,
    is_inbound,
    {{ reporting_date('mql_at') }} as mql_date,
    inquiry_at,
    mql_at,
    assigned_at,
    first_touch_at,
    earlier_touch_at,
    due_at,
    cast(case when is_touched then waited_seconds / 3600 end as double) as business_hours,
    cast(case when is_touched then {{ seconds_between('mql_at', 'first_touch_at') }} / 3600 end as double)
        as clock_hours,
    cast(case when is_touched then waited_from_inquiry_seconds / 3600 end as double) as business_hours_from_inquiry,
    cast(case when not has_negative_interval then routing_seconds / 3600 end as double) as routing_delay_hours,
    cast(case when is_touched then (waited_seconds - routing_seconds) / 3600 end as double) as human_delay_hours,
    cast(case when not has_negative_interval then waited_seconds / 3600 end as double) as waited_business_hours,
    cast(promised_seconds / 3600 as double) as promised_business_hours,
    owner_change_count,
    is_touched,
    is_censored,
    has_negative_interval,
    is_due,
    is_routed,
    has_routing_exception,
    is_sla_breach,
    is_censored and ended_at is null and coalesce(due_at >= {{ as_of() }}, false) as is_pending
from judged
