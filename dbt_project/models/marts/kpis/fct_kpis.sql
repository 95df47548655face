-- Grain: one row per KPI, period of its cadence, breakdown and value of it; a KPI that nothing tells of has its running
-- period alone.
-- A complete period without a reading stays a row for all: what stopped arriving must show, not vanish.
{%- set today = reporting_date(as_of()) %}
with

kpis as (select * from {{ ref('kpis') }}),

targets as (select * from {{ ref('kpi_targets') }}),

kpi_inputs as (select * from {{ ref('kpi_inputs') }}),

readings as (select * from {{ ref('fct_kpi_readings') }}),

periods as (select * from {{ ref('int_kpi_periods') }}),

system_roles as (select * from {{ ref('int_system_roles') }}),

loads as (select * from {{ ref('stg_lake__ledger') }} where loaded_row_count > 0),

delivered as (
    select
        system_roles.system_role,
        least(max(loads.modified_at), {{ as_of() }}) as delivered_at
    from loads
    inner join system_roles on loads.system = system_roles.system
    group by system_roles.system_role
),

-- As fresh as the stalest of what it is made of.
inputs as (
    select
        kpi_inputs.kpi,
        min(delivered.delivered_at) as input_delivered_at
    from kpi_inputs
    left join delivered on kpi_inputs.system_role = delivered.system_role
    group by kpi_inputs.kpi
),

began as (select kpi, min(period_start_date) as first_start_date from readings group by kpi),

expected as (
    select
        kpis.kpi,
        periods.period_start_date
    from kpis
    inner join began on kpis.kpi = began.kpi
    inner join periods on kpis.period_type = periods.period_type and began.first_start_date <= periods.period_start_date
    where periods.is_complete
    union all
    select
        kpis.kpi,
        case kpis.period_type
            when 'week' then {{ week_start(today) }}
            when 'month' then {{ month_start(today) }}
            else {{ quarter_start(today) }}
        end
    from kpis
    left join began on kpis.kpi = began.kpi
    where began.kpi is null
),

untold as (
    select expected.*
    from expected
    left join readings
        on
            expected.kpi = readings.kpi
            and expected.period_start_date = readings.period_start_date
            and readings.breakdown = 'all'
    where readings.kpi is null
),

united as (
    select
        kpi, period_start_date, breakdown, breakdown_value, numerator, denominator, kpi_value, sample_count, is_mature,
        true as is_told
    from readings
    union all
    select kpi, period_start_date, 'all', 'all', null, null, null, 0, true, false
    from untold
),

described as (
    select
        united.*,
        kpis.label,
        kpis.unit,
        kpis.better,
        kpis.period_type,
        kpis.is_of_today,
        kpis.min_count,
        kpis.owner,
        kpis.guarding_check,
        kpis.missing_input,
        kpis.definition,
        case kpis.period_type
            {% for period_type in ['week', 'month', 'quarter'] -%}
                when '{{ period_type }}' then {{ period_end(period_type, 'united.period_start_date') }}
            {% endfor -%}
        end as period_end_date
    from united
    inner join kpis on united.kpi = kpis.kpi
),

-- What is measured as things stand today can be judged in the running period.
aimed as (
    select
        described.*,
        targets.warn_value,
        targets.fail_value,
        targets.baseline_value,
        described.is_mature
        and (described.is_of_today or described.period_end_date <= {{ today }}) as is_final
    from described
    left join targets
        on described.kpi = targets.kpi and {{ holds_on('targets', 'described.period_start_date') }}
),

judged as (
    select
        *,
        case
            when not is_told then 'no_data'
            when not is_final then 'pending'
            when kpi_value is null or sample_count < min_count then 'too_few'
            when warn_value is null then 'no_target'
            {% for limit in ['fail', 'warn'] -%}
                when better = 'higher' and kpi_value < {{ limit }}_value then '{{ limit }}'
                when better = 'lower' and kpi_value >= {{ limit }}_value then '{{ limit }}'
            {% endfor -%}
            else 'ok'
        end as kpi_status
    from aimed
),

-- Beside the last period before that could be judged.
compared as (
    select
        *,
        {{ last_known(
            "case when kpi_status in ('ok', 'warn', 'fail', 'no_target') then kpi_value end",
            'partition by kpi, breakdown, breakdown_value order by period_start_date '
            ~ 'rows between unbounded preceding and 1 preceding',
        ) }} as previous_value,
        max(case when kpi_status <> 'pending' then period_start_date end) over (
            partition by kpi, breakdown, breakdown_value
        ) as current_start_date
    from judged
)

select
    {{ hash_key(['compared.kpi', 'compared.period_start_date', 'compared.breakdown', 'compared.breakdown_value']) }}
        as kpi_reading_id,
    compared.kpi,
    compared.label as kpi_label,
    compared.period_type,
    compared.period_start_date,
    {{ periods_ago('compared.period_type', 'compared.period_start_date') }} as periods_ago,
    compared.breakdown,
    compared.breakdown_value,
    compared.numerator,
    compared.denominator,
    compared.kpi_value,
    compared.unit,
    compared.better,
    compared.sample_count,
    compared.warn_value as target_value,
    compared.fail_value,
    compared.baseline_value,
    compared.kpi_status,
    compared.is_final as is_mature,
    coalesce(compared.period_start_date = compared.current_start_date, false) as is_current,
    compared.previous_value,
    compared.kpi_value - compared.previous_value as change_value,
    case
        when compared.kpi_status not in ('ok', 'warn', 'fail', 'no_target') or compared.previous_value is null
            then 'unknown'
        when compared.kpi_value = compared.previous_value then 'steady'
        when (compared.kpi_value > compared.previous_value) = (compared.better = 'higher') then 'better'
        else 'worse'
    end as trend,
    compared.owner,
    compared.definition,
    compared.guarding_check,
    inputs.input_delivered_at,
    case when compared.kpi_status = 'no_data' then compared.missing_input end as missing_input
from compared
left join inputs on compared.kpi = inputs.kpi
