-- Grain: one row per reporting week (the period) and core count.
-- A week with too little to judge is judged together with as many complete weeks before it as it takes, up to a year.
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
        cast(sum(coalesce(won_amount_usd, 0)) as decimal(18, 2))
    from opportunities
    where is_won and close_date is not null
    group by {{ week_start('close_date') }}
),

counted as (select distinct core_count from mart_values),

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
        case
            when coalesce(held.core_count, counted.core_count) is not null then coalesce(mart_values.mart_value, 0)
        end as mart_value,
        {{ add_days('cast(weeks.week_start_date as timestamp)', 7) }}
        + interval '{{ var("sync_sla_hours") }}' hour <= {{ as_of() }} as is_complete
    from weeks
    cross join core_counts
    left join held on core_counts.core_count = held.core_count
    left join counted on core_counts.core_count = counted.core_count
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

-- Each week with the weeks before it, added up backwards.
spans as (
    select
        judged.week_start_date,
        judged.core_count,
        {% for side in ['map', 'crm', 'mart'] -%}
            sum(added.{{ side }}_value) over backwards as {{ side }}_value,
        {% endfor -%}
        count(*) over backwards as week_count
    from compared as judged
    inner join compared as added
        on
            judged.core_count = added.core_count
            and judged.week_start_date >= added.week_start_date
            and {{ days_after('judged.week_start_date', -357) }} <= added.week_start_date
    where judged.is_complete and added.is_complete
    window backwards as (
        partition by judged.core_count, judged.week_start_date
        order by added.week_start_date desc
        rows between unbounded preceding and current row
    )
),

{% for name, relation in [('week', 'compared'), ('span', 'spans')] -%}
    -- The largest |a - b| / max(a, b) of any two of the three is that of the largest and the smallest.
    {{ name }}_extremes as (
        select
            *,
            greatest(mart_value, coalesce(map_value, mart_value), coalesce(crm_value, mart_value)) as largest_value,
            least(mart_value, coalesce(map_value, mart_value), coalesce(crm_value, mart_value)) as smallest_value,
            map_value is not null or crm_value is not null as is_comparable
        from {{ relation }}
    ),

    {{ name }}_measured as (
        select
            *,
            case
                when is_comparable and largest_value > 0
                    then cast(largest_value - smallest_value as double) / cast(largest_value as double)
            end as variance_rate
        from {{ name }}_extremes
    ),

{% endfor -%}
-- The shortest span that holds enough to judge.
enough as (
    select
        spans.core_count,
        spans.week_start_date,
        min(spans.week_count) as week_count
    from span_measured as spans
    inner join core_counts on spans.core_count = core_counts.core_count
    where spans.largest_value >= core_counts.min_base
    group by spans.core_count, spans.week_start_date
)

select
    'week' as period_type,
    weeks.week_start_date as period_start_date,
    {{ periods_ago("'week'", 'weeks.week_start_date') }} as periods_ago,
    weeks.core_count,
    weeks.label as core_count_label,
    weeks.unit,
    weeks.owner,
    weeks.map_value,
    weeks.crm_value,
    weeks.mart_value,
    cast(weeks.largest_value - weeks.smallest_value as decimal(18, 2)) as variance_value,
    weeks.variance_rate,
    cast(enough.week_count as bigint) as judged_week_count,
    spans.variance_rate as judged_variance_rate,
    weeks.warn_variance_rate,
    weeks.fail_variance_rate,
    weeks.min_base,
    weeks.is_complete,
    case
        when not weeks.is_complete or not weeks.is_comparable then 'no_data'
        when enough.week_count is null then 'too_few'
        when spans.variance_rate >= weeks.fail_variance_rate then 'fail'
        when spans.variance_rate >= weeks.warn_variance_rate then 'warn'
        else 'ok'
    end as reconciliation_status
from week_measured as weeks
left join enough on weeks.core_count = enough.core_count and weeks.week_start_date = enough.week_start_date
left join span_measured as spans
    on
        weeks.core_count = spans.core_count
        and weeks.week_start_date = spans.week_start_date
        and enough.week_count = spans.week_count
