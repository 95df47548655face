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
    {% for days, first, end in [
        ('baseline_days', 'baseline_start', 'baseline_end'), ('read_days', 'test_start', 'read_end'),
    ] -%}
        cast({{ days_between(
            'cast(dated.' ~ first ~ ' as timestamp)', 'cast(dated.' ~ end ~ ' as timestamp)'
        ) }} as bigint) as {{ days }},
    {% endfor -%}
    {{ reporting_date(as_of()) }} < dated.read_end as is_running
from dated
inner join kinds on dated.experiment_id = kinds.experiment_id
