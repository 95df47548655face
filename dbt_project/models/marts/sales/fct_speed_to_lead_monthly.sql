-- Grain: one row per month of the MQL (the period), breakdown and value.
with

mqls as (select * from {{ ref('fct_speed_to_lead') }}),

people_breakdowns as (select * from {{ ref('int_people_breakdowns') }} where breakdown <> 'owner'),

-- By owner it is who had to answer this MQL, whoever has the person today.
broken_down as (
    select
        people_breakdowns.breakdown,
        people_breakdowns.breakdown_value,
        mqls.*
    from mqls
    inner join people_breakdowns on mqls.person_id = people_breakdowns.person_id
    union all
    select
        'owner',
        coalesce(owner_id, 'unknown'),
        mqls.*
    from mqls
),

waits as (
    select
        *,
        {{ month_start('mql_date') }} as period_start_date
    from broken_down
),

{% set group = ['period_start_date', 'breakdown', 'breakdown_value'] %}
{{ kaplan_meier_median('waits', group, 'waited_business_hours', 'is_touched') }},

measured as (
    select
        {{ group | join(', ') }},
        count(*) as mql_count,
        {% for flag, noun in [
            ('is_inbound', 'inbound_mql'), ('is_touched', 'touched'), ('is_censored', 'censored'),
            ('has_negative_interval', 'negative'), ('is_pending', 'pending'), ('is_due', 'due'), ('is_sla_breach', 'breach'),
            ('is_routed', 'routed'), ('has_routing_exception', 'routing_exception'),
        ] -%}
            sum(case when {{ flag }} then 1 else 0 end) as {{ noun }}_count,
        {% endfor -%}
        {{ percentile('business_hours', 0.5) }} as median_business_hours,
        {{ percentile('business_hours', 0.9) }} as p90_business_hours,
        {{ percentile('case when is_inbound then business_hours end', 0.5) }} as median_inbound_business_hours,
        {{ percentile('routing_delay_hours', 0.5) }} as median_routing_delay_hours,
        {{ percentile('human_delay_hours', 0.5) }} as median_human_delay_hours
    from waits
    group by {{ group | join(', ') }}
)

select
    'month' as period_type,
    measured.period_start_date,
    {{ periods_ago("'month'", 'measured.period_start_date') }} as periods_ago,
    measured.breakdown,
    measured.breakdown_value,
    cast(measured.mql_count as bigint) as mql_count,
    cast(measured.inbound_mql_count as bigint) as inbound_mql_count,
    cast(measured.touched_count as bigint) as touched_count,
    cast(measured.censored_count as bigint) as censored_count,
    cast(measured.negative_count as bigint) as negative_count,
    cast(measured.pending_count as bigint) as pending_count,
    cast(measured.due_count as bigint) as due_count,
    cast(measured.breach_count as bigint) as breach_count,
    cast(measured.breach_count as double) / nullif(measured.due_count, 0) as breach_rate,
    cast(measured.routed_count as bigint) as routed_count,
    cast(measured.routing_exception_count as bigint) as routing_exception_count,
    cast(measured.routing_exception_count as double) / nullif(measured.routed_count, 0) as routing_exception_rate,
    {{ periods_ago("'month'", 'measured.period_start_date') }} > 0 and measured.pending_count = 0 as is_mature,
    cast(measured.median_business_hours as double) as median_business_hours,
    cast(measured.p90_business_hours as double) as p90_business_hours,
    cast(measured.median_inbound_business_hours as double) as median_inbound_business_hours,
    cast(kaplan_meier.median_duration as double) as km_median_business_hours,
    cast(measured.median_routing_delay_hours as double) as median_routing_delay_hours,
    cast(measured.median_human_delay_hours as double) as median_human_delay_hours
from measured
left join kaplan_meier
    on
        measured.period_start_date = kaplan_meier.period_start_date
        and measured.breakdown = kaplan_meier.breakdown
        and measured.breakdown_value = kaplan_meier.breakdown_value
