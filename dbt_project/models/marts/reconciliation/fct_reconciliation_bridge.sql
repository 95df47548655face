-- Grain: one row per period type, period, core count and line of the bridge from the MAP's value over the CRM's to the
-- published one. The steps between two totals and what nothing explains make up their difference.
{%- set day = "greatest(" ~ week_start('counted_date') ~ ", " ~ month_start('counted_date') ~ ")" %}
with

periods as (select * from {{ ref('fct_reconciliation') }}),

system_cells as (select * from {{ ref('int_reconciliation_cells') }}),

records as (select * from {{ ref('int_core_count_records') }}),

person_records as (select * from {{ ref('int_person_records') }}),

opportunity_records as (select * from {{ ref('int_opportunity_records') }}),

core_counts as (select * from {{ ref('core_counts') }}),

members as (select * from {{ ref('fct_metric_members') }}),

people_classes as (select * from {{ ref('int_reconciliation_people') }}),

classes as (select * from {{ ref('reconciliation_classes') }}),

steps as (select * from {{ ref('reconciliation_steps') }}),

-- What the marts count, thing by thing.
held_by_marts as (
    select
        core_counts.core_count,
        members.entity_id,
        members.counted_date,
        members.counted_value,
        members.evidence = 'skipped' as is_skipped
    from members
    inner join core_counts on members.metric = coalesce(core_counts.stage || '_people', core_counts.core_count)
),

published as (select * from held_by_marts where not is_skipped),

counted as (
    select
        records.*,
        coalesce(person_records.person_id, opportunity_records.opportunity_id) as entity_id,
        people_classes.reconciliation_class
    from records
    left join person_records on records.record_id = person_records.person_record_id
    left join opportunity_records on records.record_id = opportunity_records.opportunity_record_id
    left join people_classes on records.record_id = people_classes.record_id
),

-- The mart is bridged from the CRM where that holds the count (crm sorts before map), else from the MAP.
nearest as (select core_count, min(system_role) as system_role from counted group by core_count),

held as (
    select
        counted.core_count,
        counted.entity_id,
        counted.counted_date,
        counted.counted_value,
        row_number() over (
            partition by counted.core_count, counted.entity_id
            order by
                case when counted.counted_date = published.counted_date then 0 else 1 end,
                counted.counted_date, counted.record_id
        ) as place
    from counted
    inner join nearest on counted.core_count = nearest.core_count and counted.system_role = nearest.system_role
    left join published on counted.core_count = published.core_count and counted.entity_id = published.entity_id
),

told_by_map as (
    select counted.core_count, counted.entity_id, min(counted.reconciliation_class) as reconciliation_class
    from counted
    inner join nearest on counted.core_count = nearest.core_count and nearest.system_role <> 'map'
    where counted.system_role = 'map'
    group by counted.core_count, counted.entity_id
),

skipped as (select distinct core_count, entity_id from held_by_marts where is_skipped),

united as (
    select
        coalesce(held.core_count, published.core_count) as core_count,
        case
            when held.entity_id is not null and published.entity_id is not null then 'both'
            when held.entity_id is not null and skipped.entity_id is not null then 'mart_skipped'
            when held.entity_id is not null then 'mart_without'
            when told_by_map.entity_id is not null then 'mart_from_map'
            else 'mart_inferred'
        end as reason,
        case when held.entity_id is null then told_by_map.reconciliation_class end as reconciliation_class,
        held.counted_date as held_date,
        published.counted_date as published_date,
        held.counted_value as held_value,
        published.counted_value as published_value
    from (select * from held where place = 1) as held
    full outer join published on held.core_count = published.core_count and held.entity_id = published.entity_id
    left join skipped on held.core_count = skipped.core_count and held.entity_id = skipped.entity_id
    left join told_by_map
        on published.core_count = told_by_map.core_count and published.entity_id = told_by_map.entity_id
    union all
    select core_count, 'further_record', null, counted_date, null, counted_value, null from held
    where place > 1
),

mart_cells as (
    select
        core_count,
        reason,
        reconciliation_class,
        {{ day | replace('counted_date', 'held_date') }} as held_day,
        {{ day | replace('counted_date', 'published_date') }} as published_day,
        sum(held_value) as held_value,
        sum(published_value) as published_value
    from united
    group by
        core_count, reason, reconciliation_class, {{ day | replace('counted_date', 'held_date') }},
        {{ day | replace('counted_date', 'published_date') }}
),

-- Both parts in one shape: what the left side counts, what the right one does, and what that is called.
cells as (
    select
        core_count, reconciliation_class, map_day as left_day, crm_day as right_day, map_value as left_value,
        crm_value as right_value,
        case counterpart when 'own' then 'map_tells' when 'shared' then 'map_again' else 'map_alone' end as left_step,
        case counterpart when 'own' then 'crm_tells' when 'shared' then 'crm_again' else 'crm_alone' end as right_step,
        'crm_elsewhere' as moved_out_step, 'map_elsewhere' as moved_in_step, 'systems_differ' as differing_step
    from system_cells
    union all
    select
        core_count, reconciliation_class, held_day, published_day, held_value, published_value, reason as left_step,
        reason as right_step, 'mart_elsewhere', 'system_elsewhere',
        'mart_differs'
    from mart_cells
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
