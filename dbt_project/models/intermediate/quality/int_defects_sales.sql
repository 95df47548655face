-- Grain: one row per MQL pass and what went wrong between marketing and sales.
with

passes as (select * from {{ ref('int_mql_passes') }}),

owners as (select * from {{ ref('int_mql_owners') }}),

times as (select * from {{ ref('int_mql_times') }}),

exceptions as (select * from {{ ref('int_routing_exceptions') }}),

waits as (
    select
        passes.mql_pass_id,
        coalesce(passes.crm_record_id, passes.mql_record_id) as record_id,
        owners.owner_id,
        passes.mql_at,
        passes.first_touch_at,
        passes.earlier_touch_at,
        times.due_at,
        passes.has_negative_interval,
        times.is_sla_breach
    from passes
    inner join owners on passes.mql_pass_id = owners.mql_pass_id
    inner join times on passes.mql_pass_id = times.mql_pass_id
),

defects as (
    select
        'negative_interval' as defect_kind, mql_pass_id, record_id, owner_id,
        cast(cast({{ seconds_between('earlier_touch_at', 'mql_at') }} / 3600 as bigint) as string)
        || ' hours before the MQL' as detail,
        earlier_touch_at as occurred_at
    from waits
    where has_negative_interval
    union all
    select
        'sla_breach', mql_pass_id, record_id, owner_id,
        case when first_touch_at is null then 'untouched' else 'late' end, due_at
    from waits
    where is_sla_breach
    union all
    select defect_kind, mql_pass_id, record_id, owner_id, detail, occurred_at
    from exceptions
)

select
    {{ hash_key(['defect_kind', 'mql_pass_id']) }} as defect_id,
    defect_kind,
    {{ split_part('record_id', ':', 1) }} as system,
    {{ split_part('record_id', ':', 2) }} as object,
    record_id,
    owner_id as related_record_id,
    detail,
    occurred_at
from defects
