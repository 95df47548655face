-- Grain: one row per experiment that is over, metric with an outcome and unit that somebody belongs to.
with

experiments as (select * from {{ ref('int_experiments') }} where not is_running),

units as (select * from {{ ref('int_experiment_units') }} where found_size > 0),

outcomes as (select * from {{ ref('int_experiment_outcomes') }}),

-- What none of the units ever had is no metric to compare.
metrics as (
    select distinct experiment_id, metric
    from outcomes
),

halves as (
    select
        *,
        {{ whole_times('baseline_days', 2) }} as former_days,
        {{ days_after('baseline_start', whole_times('baseline_days', 2)) }} as half_date
    from experiments
),

-- Cents, so that every sum is exact.
summed as (
    select
        halves.experiment_id,
        outcomes.metric,
        outcomes.unit_value,
        sum(case
            when outcomes.outcome_date < halves.half_date then cast(outcomes.outcome_value * 100 as bigint) else 0
        end) as former_cents,
        sum(case
            when outcomes.outcome_date >= halves.half_date and outcomes.outcome_date < halves.baseline_end
                then cast(outcomes.outcome_value * 100 as bigint)
            else 0
        end) as latter_cents,
        sum(case
            when outcomes.outcome_date >= halves.test_start then cast(outcomes.outcome_value * 100 as bigint) else 0
        end) as test_cents
    from outcomes
    inner join halves on outcomes.experiment_id = halves.experiment_id
    group by halves.experiment_id, outcomes.metric, outcomes.unit_value
),

filled as (
    select
        units.experiment_id,
        metrics.metric,
        units.unit_value,
        units.is_treated,
        units.found_size,
        halves.baseline_days,
        halves.former_days,
        halves.read_days,
        coalesce(summed.former_cents, 0) as former_cents,
        coalesce(summed.latter_cents, 0) as latter_cents,
        coalesce(summed.test_cents, 0) as test_cents
    from units
    inner join halves on units.experiment_id = halves.experiment_id
    inner join metrics on units.experiment_id = metrics.experiment_id
    left join summed
        on
            units.experiment_id = summed.experiment_id
            and metrics.metric = summed.metric
            and units.unit_value = summed.unit_value
)

select
    experiment_id,
    metric,
    unit_value,
    is_treated,
    found_size,
    baseline_days,
    read_days,
    cast(former_cents + latter_cents as bigint) as baseline_cents,
    cast(test_cents as bigint) as test_cents,
    -- A day of the one less a day of the other, times the days of both: a whole number.
    cast(test_cents * baseline_days - (former_cents + latter_cents) * read_days as decimal(28, 0)) as change_units,
    cast(
        latter_cents * former_days - former_cents * (baseline_days - former_days) as decimal(28, 0)
    ) as trend_units
from filled
