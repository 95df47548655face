-- Grain: one row per experiment that is over, metric and way to deal its units out.
with

changes as (select * from {{ ref('int_experiment_changes') }}),

assignments as (select * from {{ ref('int_experiment_assignments') }}),

summed as (
    select
        changes.experiment_id,
        changes.metric,
        assignments.assignment,
        max(changes.baseline_days) as baseline_days,
        {% for cell, condition in [('treated', 'assignments.is_treated'), ('control', 'not assignments.is_treated')] -%}
            cast(sum(case when {{ condition }} then changes.found_size else 0 end) as bigint) as {{ cell }}_size,
            cast(
                sum(case when {{ condition }} and changes.is_treated then changes.found_size else 0 end) as bigint
            ) as {{ cell }}_size_of_lot,
            {% for measure in ['change', 'trend'] -%}
                cast(
                    sum(case when {{ condition }} then changes.{{ measure }}_units else 0 end) as decimal(38, 0)
                ) as {{ cell }}_{{ measure }},
            {% endfor -%}
        {% endfor -%}
        sum(case when changes.is_treated then changes.found_size else 0 end) as lot_size
    from changes
    inner join assignments
        on changes.experiment_id = assignments.experiment_id and changes.unit_value = assignments.unit_value
    group by changes.experiment_id, changes.metric, assignments.assignment
),

-- One division of whole numbers each, so that what is equal comes out equal. Of what an effect adds to each unit of the
-- lot in proportion to its size, a way that mixes the cells shows the share `overlap`.
divided as (
    select
        *,
        {% for measure in ['change', 'trend'] -%}
            cast(treated_{{ measure }} * control_size - control_{{ measure }} * treated_size as double)
            / nullif(cast(treated_size as double) * cast(control_size as double), 0) as {{ measure }},
        {% endfor -%}
        cast(
            cast(treated_size_of_lot as decimal(38, 0)) * control_size
            - cast(control_size_of_lot as decimal(38, 0)) * treated_size as double
        ) / nullif(cast(treated_size as double) * cast(control_size as double), 0) as overlap
    from summed
),

observed as (select * from divided where assignment = 0)

select
    divided.experiment_id,
    divided.metric,
    divided.assignment,
    -- As counts or dollars of all treated units over the whole test.
    divided.change * divided.lot_size / (100.0 * divided.baseline_days) as difference,
    divided.trend as trend_difference,
    divided.overlap,
    -- The lift from which on this way would show a greater difference than the lot did, were that the truth.
    case
        when divided.overlap < 1
            then
                (observed.change - divided.change) * divided.lot_size
                / ((1 - divided.overlap) * 100.0 * divided.baseline_days)
    end as critical_lift
from divided
inner join observed on divided.experiment_id = observed.experiment_id and divided.metric = observed.metric
