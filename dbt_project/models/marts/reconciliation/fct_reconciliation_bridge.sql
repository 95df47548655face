-- Grain: one row per period type, period, core count and line of the bridge from the MAP's value over the CRM's to the
-- published one. The steps between two totals and what nothing explains make up their difference.
-- A day stands for its week and its month: the later of their first days.
{%- set day = "greatest(" ~ week_start('counted_date') ~ ", " ~ month_start('counted_date') ~ ")" %}
with

periods as (select * from {{ ref('fct_reconciliation') }}),

members as (select * from {{ ref('fct_reconciliation_members') }}),

classes as (select * from {{ ref('reconciliation_classes') }}),

steps as (select * from {{ ref('reconciliation_steps') }}),

dated as (
    select
        *,
        {{ day }} as left_day,
        {{ day | replace('counted_date', 'counterpart_date') }} as right_day
    from members
),

cells as (
    select
        core_count,
        compared,
        reconciliation_class,
        step as left_step,
        counterpart_step as right_step,
        left_day,
        right_day,
        sum(counted_value) as left_value,
        sum(counterpart_value) as right_value,
        case compared when 'systems' then 'crm_elsewhere' else 'mart_elsewhere' end as moved_out_step,
        case compared when 'systems' then 'map_elsewhere' else 'system_elsewhere' end as moved_in_step,
        case compared when 'systems' then 'systems_differ' else 'mart_differs' end as differing_step
    from dated
    group by core_count, compared, reconciliation_class, step, counterpart_step, left_day, right_day
),

moves as (
    {% for side, other in [('left', 'right'), ('right', 'left')] -%}
        select
            periods.period_type,
            periods.period_start_date,
            periods.core_count,
            case
                when cells.{{ other }}_day is null then cells.{{ side }}_step
                when
                    cells.{{ other }}_day >= periods.period_start_date
                    and cells.{{ other }}_day < periods.period_end_date
                    then cells.differing_step
                else cells.{{ 'moved_out_step' if side == 'left' else 'moved_in_step' }}
            end as step,
            case
                when cells.{{ other }}_day is null or cells.reconciliation_class is null
                    then cells.reconciliation_class
            end as reconciliation_class,
            {{ '-' if side == 'left' }}cells.{{ side }}_value as moved_value
        from cells
        inner join periods
            on
                cells.core_count = periods.core_count
                and cells.{{ side }}_day >= periods.period_start_date
                and cells.{{ side }}_day < periods.period_end_date
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

moved as (
    select
        period_type, period_start_date, core_count, step, reconciliation_class,
        cast(sum(moved_value) as decimal(18, 2)) as line_value
    from moves
    group by period_type, period_start_date, core_count, step, reconciliation_class
    having sum(moved_value) <> 0
),

parts as (
    select
        moved.period_type, moved.period_start_date, moved.core_count,
        sum(case when steps.line_order < middle.line_order then moved.line_value else 0 end) as between_systems,
        sum(case when steps.line_order > middle.line_order then moved.line_value else 0 end) as to_the_mart
    from moved
    inner join steps on moved.step = steps.step
    inner join steps as middle on middle.step = 'crm_total'
    group by moved.period_type, moved.period_start_date, moved.core_count
),

totals as (
    select
        periods.*,
        coalesce(parts.between_systems, 0) as between_systems,
        coalesce(parts.to_the_mart, 0) as to_the_mart
    from periods
    left join parts
        on
            periods.period_type = parts.period_type
            and periods.period_start_date = parts.period_start_date
            and periods.core_count = parts.core_count
),

lines as (
    select period_type, period_start_date, core_count, step, reconciliation_class, line_value from moved
    {% for step, value, condition in [
        ('map_total', 'map_value', 'map_value is not null'),
        ('systems_unexplained', 'crm_value - map_value - between_systems',
            'map_value is not null and crm_value is not null'),
        ('crm_total', 'crm_value', 'crm_value is not null'),
        ('mart_unexplained', 'mart_value - coalesce(crm_value, map_value, 0) - to_the_mart', 'mart_value is not null'),
        ('mart_total', 'mart_value', 'mart_value is not null'),
    ] -%}
        union all
        select
            period_type, period_start_date, core_count, '{{ step }}', cast(null as string),
            cast({{ value }} as decimal(18, 2))
        from totals
        where {{ condition }}
    {% endfor %}
),

worded as (
    select
        lines.*,
        steps.line_kind,
        steps.line_order * 100 + coalesce(classes.priority, 0) as line_number,
        classes.label as class_label,
        periods.period_end_date,
        periods.periods_ago,
        periods.is_complete,
        periods.core_count_label,
        periods.unit,
        case
            when periods.unit = 'money' then cast(abs(lines.line_value) as string)
            else cast(cast(abs(lines.line_value) as bigint) as string)
        end as shown_value,
        steps.label || coalesce(' (' || lower(classes.label) || ')', '') as label
    from lines
    inner join steps on lines.step = steps.step
    inner join periods
        on
            lines.period_type = periods.period_type
            and lines.period_start_date = periods.period_start_date
            and lines.core_count = periods.core_count
    left join classes on lines.reconciliation_class = classes.reconciliation_class
),

readings as (
    select
        *,
        case
            when line_kind = 'total' then label || ' ' || case when line_value < 0 then '-' else '' end || shown_value
            when line_value < 0 then 'less ' || shown_value || ' ' || label
            else 'plus ' || shown_value || ' ' || label
        end as reading
    from worded
),

-- What nothing explains is told where there is any.
sentences as (
    select
        period_type, period_start_date, core_count,
        {{ listed('reading', '; ', 'line_number') }} as sentence
    from readings
    where line_kind <> 'unexplained' or line_value <> 0
    group by period_type, period_start_date, core_count
)

select
    readings.period_type,
    readings.period_start_date,
    readings.period_end_date,
    readings.periods_ago,
    readings.is_complete,
    readings.core_count,
    readings.core_count_label,
    readings.unit,
    cast(readings.line_number as bigint) as line_number,
    readings.line_kind,
    readings.step,
    readings.reconciliation_class,
    readings.class_label,
    readings.line_value,
    readings.reading,
    case when readings.step = 'mart_total' then readings.core_count_label || ': ' || sentences.sentence end as sentence
from readings
inner join sentences
    on
        readings.period_type = sentences.period_type
        and readings.period_start_date = sentences.period_start_date
        and readings.core_count = sentences.core_count
