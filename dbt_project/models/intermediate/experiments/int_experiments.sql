-- Grain: one row per experiment of the seed experiments.
with

experiments as (select * from {{ ref('experiments') }}),

cells as (select * from {{ ref('experiment_cells') }}),

-- Of one kind in an experiment.
kinds as (
    select experiment_id, min(unit_kind) as unit_kind
    from cells
    group by experiment_id
),

dated as (
    select
        experiment_id,
        experiment_name,
        owner,
        kind,
        channel,
        campaign,
        metric as asked_metric,
        baseline_start,
        baseline_end,
        test_start,
        test_end,
        {{ days_after('test_end', 'after_days') }} as read_end
    from experiments
)

select
    dated.*,
    kinds.unit_kind,
    cast({{ days_between('cast(dated.baseline_start as timestamp)', 'cast(dated.baseline_end as timestamp)') }} as bigint)
        as baseline_days,
    cast({{ days_between('cast(dated.test_start as timestamp)', 'cast(dated.read_end as timestamp)') }} as bigint)
        as read_days,
    {{ reporting_date(as_of()) }} < dated.read_end as is_running
from dated
inner join kinds on dated.experiment_id = kinds.experiment_id
