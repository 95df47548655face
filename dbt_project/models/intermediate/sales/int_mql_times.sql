-- Grain: one row per MQL pass: its waits in business seconds, and when the promised ones end.
-- Where no extract tells of touches nobody can say that one was missed: nothing is promised. One of the CRM that holds
-- none tells that there was none.
{%- set instants = ['inquiry', 'mql', 'routed', 'ended'] %}
with

passes as (select * from {{ ref('int_mql_passes') }}),

owners as (select * from {{ ref('int_mql_owners') }}),

business_days as (select * from {{ ref('int_business_days') }}),

promises as (select * from {{ ref('sla_promises') }} where promise = 'first_touch_business_hours'),

told as (
    select system from {{ ref('int_human_touches') }}
    union all
    select ledger.system
    from {{ ref('stg_lake__ledger') }} as ledger
    inner join {{ ref('int_system_roles') }} as roles on ledger.system = roles.system
    where roles.system_role = 'crm' and ledger.load_status = 'loaded' and {{ tells_of('human_touches', 'ledger') }}
),

touched as (select count(*) > 0 as has_touches from told),

zones as (select distinct region, time_zone from {{ ref('business_calendars') }}),

-- A touch before the assignment ends the routing: what follows is nobody's delay.
waits as (
    select
        passes.mql_pass_id,
        owners.region,
        zones.time_zone,
        passes.mql_at,
        passes.inquiry_at,
        least(owners.assigned_at, passes.waited_until) as routed_at,
        passes.waited_until as ended_at,
        passes.first_touch_at,
        passes.has_negative_interval,
        promises.promised * 3600 as promised_seconds
    from passes
    inner join owners on passes.mql_pass_id = owners.mql_pass_id
    cross join touched
    left join zones on owners.region = zones.region
    left join promises
        on
            touched.has_touches
            and {{ holds_on('promises', reporting_date('passes.mql_at')) }}
),

worked as (
    select
        {% for instant in instants -%}
            {{ worked_seconds('waits.' ~ instant ~ '_at', instant ~ '_days') }} as {{ instant }}_worked,
        {% endfor -%}
        waits.*
    from waits
    {% for instant in instants -%}
        left join business_days as {{ instant }}_days
            on
                waits.region = {{ instant }}_days.region
                and {{ local_date('waits.' ~ instant ~ '_at', 'waits.time_zone') }} = {{ instant }}_days.local_date
                and {{ in_business_span('waits.' ~ instant ~ '_at', instant ~ '_days') }}
    {% endfor %}
),

-- Days and promises in one line of business time: a promise ends on the last day that began before it.
timeline as (
    select
        region,
        seconds_before as line_position,
        1 as is_day,
        opens_at,
        seconds_before,
        open_seconds,
        cast(null as string) as mql_pass_id
    from business_days
    where open_seconds > 0
    union all
    select
        region, mql_worked + promised_seconds, 0,
        cast(null as timestamp), cast(null as double), cast(null as double), mql_pass_id
    from worked
    where promised_seconds is not null
),

followed as (
    select
        {% for column in ['opens_at', 'seconds_before', 'open_seconds'] -%}
            {{ last_known(
                column,
                'partition by region order by line_position, is_day rows between unbounded preceding and current row'
            ) }} as {{ column }},
        {% endfor -%}
        mql_pass_id,
        line_position
    from timeline
),

due as (
    select
        mql_pass_id,
        {{ add_seconds('opens_at', 'line_position - seconds_before') }} as due_at
    from followed
    where
        mql_pass_id is not null
        and line_position - seconds_before <= open_seconds
),

measured as (
    select
        worked.*,
        due.due_at,
        round(worked.ended_worked - worked.mql_worked, 3) as waited_seconds,
        round(worked.routed_worked - worked.mql_worked, 3) as routing_seconds,
        round(worked.ended_worked - worked.inquiry_worked, 3) as waited_from_inquiry_seconds
    from worked
    left join due on worked.mql_pass_id = due.mql_pass_id
),

-- A wait that ended before it began keeps no promise and breaks none, nor does one whose pass ended before it was due.
judged as (
    select
        *,
        coalesce(
            not has_negative_interval
            and case when first_touch_at is null then due_at < ended_at else waited_seconds > promised_seconds end,
            false
        ) as is_sla_breach
    from measured
)

select
    mql_pass_id,
    waited_seconds,
    routing_seconds,
    waited_from_inquiry_seconds,
    promised_seconds,
    due_at,
    is_sla_breach or coalesce(first_touch_at is not null and due_at <= {{ as_of() }}, false) as is_due,
    is_sla_breach
from judged
