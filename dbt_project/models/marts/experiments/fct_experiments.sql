-- Grain: one row per experiment and metric.
{%- set metrics = ['people', 'mqls', 'opportunities', 'pipeline', 'won'] %}
-- Of a standard normal distribution, 80 of 100 lie below so many deviations.
{%- set deviations = 0.8416 %}
with

experiments as (select * from {{ ref('int_experiments') }}),

units as (select * from {{ ref('int_experiment_units') }}),

changes as (select * from {{ ref('int_experiment_changes') }}),

differences as (select * from {{ ref('int_experiment_differences') }}),

assignments as (select * from {{ ref('int_experiment_assignments') }} where assignment = 0),

thresholds as (select * from {{ ref('check_thresholds') }}),

limits as (
    select
        max(case when threshold = 'experiment_interval' then cast(round((1 - warn) * 10000, 0) as bigint) end)
            as outside_units,
        max(case when threshold = 'experiment_size_mismatch' then warn end) as most_chi_square,
        max(case when threshold = 'experiment_trend' then warn end) as least_trend_p_value,
        max(case when threshold = 'experiment_contamination' then warn end) as most_contamination
    from thresholds
),

metrics as (
    {% for metric in metrics -%}
        select '{{ metric }}' as metric
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

celled as (
    select
        experiment_id,
        {% for cell, condition in [('treated', 'is_treated'), ('control', 'not is_treated')] -%}
            sum(case when {{ condition }} and found_size > 0 then 1 else 0 end) as {{ cell }}_unit_count,
            sum(case when {{ condition }} then found_size else 0 end) as {{ cell }}_size,
            sum(case when {{ condition }} then known_person_count else 0 end) as {{ cell }}_person_count,
            sum(case when {{ condition }} then recorded_size else 0 end) as {{ cell }}_recorded_size,
        {% endfor -%}
        sum(case when found_size = 0 then 1 else 0 end) as empty_unit_count,
        sum(case when is_in_both_cells then 1 else 0 end) as in_both_cells_count,
        count(*) = count(recorded_size) as is_recorded,
        sum(case when not is_treated then touched_person_count else 0 end) as held_back_person_count,
        sum(case when not is_treated then tested_person_count else 0 end) as reached_person_count
    from units
    group by experiment_id
),

empty as (
    select
        experiment_id,
        unit_value,
        row_number() over (partition by experiment_id order by unit_value) as place
    from units
    where found_size = 0
),

named as (
    select
        experiment_id,
        {{ listed('unit_value', ', ', 'unit_value') }} as empty_units
    from empty
    where place <= 10
    group by experiment_id
),

-- Of two cells whose sizes were recorded: how far those found are from the same proportion.
proportioned as (
    select
        *,
        case
            when is_recorded and treated_recorded_size > 0 and control_recorded_size > 0
                then
                    cast(treated_recorded_size as double) * (treated_person_count + control_person_count)
                    / (treated_recorded_size + control_recorded_size)
        end as expected_person_count,
        case
            when held_back_person_count > 0
                then cast(reached_person_count as double) / cast(held_back_person_count as double)
        end as contaminated_share
    from celled
),

checked as (
    select
        *,
        case
            when expected_person_count > 0
                then
                    (treated_person_count - expected_person_count) * (treated_person_count - expected_person_count)
                    * (
                        1 / expected_person_count
                        + 1 / nullif(treated_person_count + control_person_count - expected_person_count, 0)
                    )
        end as size_chi_square
    from proportioned
),

counted as (
    select
        experiment_id,
        metric,
        {% for cell, condition in [('treated', 'is_treated'), ('control', 'not is_treated')] -%}
            cast(sum(case when {{ condition }} then baseline_cents else 0 end) as double) / 100 as {{ cell }}_baseline,
            cast(sum(case when {{ condition }} then test_cents else 0 end) as double) / 100 as {{ cell }}_value,
        {% endfor -%}
        sum(abs(baseline_cents) + abs(test_cents)) as all_cents
    from changes
    group by experiment_id, metric
),

observed as (select * from differences where assignment = 0),

ranked as (
    select
        differences.*,
        observed.difference as lift,
        differences.difference - observed.difference * differences.overlap as residual,
        case when abs(differences.trend_difference) >= abs(observed.trend_difference) then 1 else 0 end as drifts_more,
        row_number() over (
            partition by differences.experiment_id, differences.metric
            order by differences.critical_lift asc nulls last, differences.assignment asc
        ) as place,
        count(differences.critical_lift) over (partition by differences.experiment_id, differences.metric)
            as other_count,
        count(*) over (partition by differences.experiment_id, differences.metric) as way_count
    from differences
    inner join observed
        on differences.experiment_id = observed.experiment_id and differences.metric = observed.metric
),

-- A lift is within the interval when more ways than those outside of it show at least as great a difference as the lot
-- did, once the lift is taken off; so the ends are ways in order, counted from either end. The lot counts as one.
placed as (
    select
        ranked.*,
        {{ whole_times('limits.outside_units * ranked.way_count', 20000) }}
        - (ranked.way_count - ranked.other_count) + 1 as end_place
    from ranked
    cross join limits
),

estimated as (
    select
        experiment_id,
        metric,
        max(lift) as lift,
        max(way_count) as way_count,
        max(end_place) as end_place,
        max(case when place = end_place then critical_lift end) as lift_low,
        max(case when place = other_count + 1 - end_place then critical_lift end) as lift_high,
        cast(sum(case when coalesce(critical_lift <= 0, true) then 1 else 0 end) as double) / max(way_count)
            as share_above,
        cast(sum(case when coalesce(critical_lift >= 0, true) then 1 else 0 end) as double) / max(way_count)
            as share_below,
        cast(sum(drifts_more) as double) / max(way_count) as trend_p_value,
        sqrt({{ ordered_sum('residual * residual', 'assignment') }} / max(way_count)) as deviation
    from placed
    group by experiment_id, metric
),

lots as (
    select
        experiment_id,
        min(case when is_every_way then 1 else 0 end) = 1 as is_every_way
    from assignments
    group by experiment_id
),

judged as (
    select
        experiments.*,
        metrics.metric,
        checked.treated_unit_count,
        checked.control_unit_count,
        checked.empty_unit_count,
        named.empty_units,
        checked.treated_size,
        checked.control_size,
        checked.size_chi_square,
        checked.contaminated_share,
        counted.treated_baseline,
        counted.control_baseline,
        counted.treated_value,
        counted.control_value,
        estimated.lift,
        estimated.lift_low,
        estimated.lift_high,
        least(2 * least(estimated.share_above, estimated.share_below), 1) as p_value,
        (estimated.lift_high - estimated.lift_low) / 2 + {{ deviations }} * estimated.deviation as visible_lift,
        estimated.trend_p_value,
        estimated.way_count,
        lots.is_every_way,
        case
            when experiments.is_running then 'running'
            when estimated.lift is null or coalesce(estimated.end_place, 0) < 1 or counted.all_cents = 0
                then 'too_few'
        end as no_figure_because,
        case when checked.in_both_cells_count > 0 then 'units ' else '' end
        || case when checked.size_chi_square > limits.most_chi_square then 'sizes ' else '' end
        || case when estimated.trend_p_value < limits.least_trend_p_value then 'trend ' else '' end
        || case when checked.contaminated_share > limits.most_contamination then 'contamination ' else '' end
            as faults
    from experiments
    cross join metrics
    cross join limits
    inner join checked on experiments.experiment_id = checked.experiment_id
    left join named on experiments.experiment_id = named.experiment_id
    left join lots on experiments.experiment_id = lots.experiment_id
    left join counted
        on experiments.experiment_id = counted.experiment_id and metrics.metric = counted.metric
    left join estimated
        on experiments.experiment_id = estimated.experiment_id and metrics.metric = estimated.metric
)

select
    experiment_id,
    experiment_name,
    owner,
    kind,
    unit_kind,
    channel,
    campaign,
    metric,
    metric = asked_metric as is_asked,
    baseline_start as baseline_start_date,
    baseline_end as baseline_end_date,
    test_start as test_start_date,
    test_end as test_end_date,
    read_end as read_end_date,
    cast(treated_unit_count as bigint) as treated_unit_count,
    cast(control_unit_count as bigint) as control_unit_count,
    cast(empty_unit_count as bigint) as empty_unit_count,
    empty_units,
    cast(treated_size as bigint) as treated_size,
    cast(control_size as bigint) as control_size,
    cast(treated_baseline as double) as treated_baseline,
    cast(control_baseline as double) as control_baseline,
    cast(treated_value as double) as treated_value,
    cast(control_value as double) as control_value,
    case
        when no_figure_because is not null then no_figure_because
        when faults <> '' then 'invalid'
        when lift_low > 0 then 'lift_shown'
        when lift_high < 0 then 'harm_shown'
        else 'nothing_shown'
    end as verdict,
    case when no_figure_because is null and faults <> '' then replace(trim(faults), ' ', ', ') end as invalid_because,
    {% for column in ['lift', 'lift_low', 'lift_high', 'p_value', 'visible_lift', 'trend_p_value'] -%}
        case when no_figure_because is null then cast({{ column }} as double) end as {{ column }},
    {% endfor -%}
    {% for column in ['lift', 'lift_low', 'lift_high'] -%}
        case
            when no_figure_because is null and treated_value > {{ column }}
                then cast({{ column }} / (treated_value - {{ column }}) as double)
        end as relative_{{ column }},
    {% endfor -%}
    cast(way_count as bigint) as way_count,
    is_every_way,
    cast(size_chi_square as double) as size_chi_square,
    cast(contaminated_share as double) as contaminated_share
from judged
