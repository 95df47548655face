-- Grain: one row per reporting week (the period) and core count.
with

by_system as (select * from {{ ref('int_core_counts_by_system') }}),

funnel as (
    select * from {{ ref('fct_funnel_counts') }}
    where funnel = 'person' and period_type = 'week' and breakdown = 'all'
),

opportunities as (select * from {{ ref('fct_opportunities') }}),

core_counts as (select * from {{ ref('core_counts') }}),

-- A skipped stage is a mart's inference that no system can hold.
mart_values as (
    select
        funnel.period_start_date as week_start_date,
        core_counts.core_count,
        cast(funnel.entity_count - funnel.skipped_count as decimal(18, 2)) as mart_value
    from funnel
    inner join core_counts on funnel.stage = core_counts.stage
    union all
    select
        {{ week_start('created_date') }},
        'opportunities',
        cast(count(*) as decimal(18, 2))
    from opportunities
    group by {{ week_start('created_date') }}
    union all
    select
        {{ week_start('created_date') }},
        'pipeline_amount',
        cast(sum(coalesce(amount_usd, 0)) as decimal(18, 2))
    from opportunities
    group by {{ week_start('created_date') }}
    union all
    select
        {{ week_start('close_date') }},
        'won_amount',
        cast(sum(coalesce(amount_usd, 0)) as decimal(18, 2))
    from opportunities
    where is_won and close_date is not null
    group by {{ week_start('close_date') }}
),

-- A role whose systems never held a count has no value for it; one that did has zero in a week without.
held as (
    select
        core_count,
        max(case when system_role = 'map' then 1 else 0 end) = 1 as is_held_by_map,
        max(case when system_role = 'crm' then 1 else 0 end) = 1 as is_held_by_crm
    from by_system
    group by core_count
),

weeks as (
    select distinct week_start_date from by_system
    union
    select distinct week_start_date from mart_values
),

compared as (
    select
        weeks.week_start_date,
        core_counts.core_count,
        core_counts.label,
        core_counts.unit,
        core_counts.owner,
        core_counts.warn_variance_rate,
        core_counts.fail_variance_rate,
        core_counts.min_base,
        case when held.is_held_by_map then coalesce(map.system_value, 0) end as map_value,
        case when held.is_held_by_crm then coalesce(crm.system_value, 0) end as crm_value,
        coalesce(mart_values.mart_value, 0) as mart_value,
        {{ add_days('cast(weeks.week_start_date as timestamp)', 7) }}
        + interval '{{ var("sync_sla_hours") }}' hour <= {{ as_of() }} as is_complete
    from weeks
    cross join core_counts
    left join held on core_counts.core_count = held.core_count
    left join mart_values
        on
            weeks.week_start_date = mart_values.week_start_date
            and core_counts.core_count = mart_values.core_count
    left join by_system as map
        on
            weeks.week_start_date = map.week_start_date
            and core_counts.core_count = map.core_count
            and map.system_role = 'map'
    left join by_system as crm
        on
            weeks.week_start_date = crm.week_start_date
            and core_counts.core_count = crm.core_count
            and crm.system_role = 'crm'
),

-- The largest |a - b| / max(a, b) of any two of the three is that of the largest and the smallest.
extremes as (
    select
        *,
        greatest(mart_value, coalesce(map_value, mart_value), coalesce(crm_value, mart_value)) as largest_value,
        least(mart_value, coalesce(map_value, mart_value), coalesce(crm_value, mart_value)) as smallest_value,
        map_value is not null or crm_value is not null as is_comparable
    from compared
),

measured as (
    select
        *,
        case
            when is_comparable and largest_value > 0
                then cast(largest_value - smallest_value as double) / cast(largest_value as double)
        end as variance_rate
    from extremes
)

select
    'week' as period_type,
    week_start_date as period_start_date,
    {{ periods_ago("'week'", 'week_start_date') }} as periods_ago,
    core_count,
    label as core_count_label,
    unit,
    owner,
    map_value,
    crm_value,
    mart_value,
    cast(largest_value - smallest_value as decimal(18, 2)) as variance_value,
    variance_rate,
    warn_variance_rate,
    fail_variance_rate,
    min_base,
    is_complete,
    case
        when variance_rate is null or not is_complete or largest_value < min_base then 'no_data'
        when variance_rate >= fail_variance_rate then 'fail'
        when variance_rate >= warn_variance_rate then 'warn'
        else 'ok'
    end as reconciliation_status
from measured
