-- Grain: one row per kind of score, outcome stage and score that a mature MQL had, taken as a threshold.
with

outcomes as (
    select * from {{ ref('int_mql_score_outcomes') }}
    where is_mature and score is not null
),

counted as (
    select
        score_kind,
        outcome_stage,
        score as threshold,
        min(within_days) as within_days,
        count(*) as mql_count,
        sum(case when is_converted then 1 else 0 end) as converted_count
    from outcomes
    group by score_kind, outcome_stage, score
),

summed as (
    select
        score_kind,
        outcome_stage,
        threshold,
        within_days,
        sum(mql_count) over at_or_above as mql_count,
        sum(converted_count) over at_or_above as converted_count,
        sum(mql_count) over everyone as total_count,
        sum(converted_count) over everyone as total_converted
    from counted
    window
        everyone as (partition by score_kind, outcome_stage),
        at_or_above as (
            partition by score_kind, outcome_stage
            order by threshold desc
            rows between unbounded preceding and current row
        )
)

select
    score_kind,
    outcome_stage,
    cast(threshold as double) as threshold,
    cast(within_days as bigint) as within_days,
    cast(mql_count as bigint) as mql_count,
    cast(1.0 * mql_count / total_count as double) as mql_share,
    cast(converted_count as bigint) as converted_count,
    cast(1.0 * converted_count / mql_count as double) as precision_rate,
    cast(1.0 * converted_count / nullif(total_converted, 0) as double) as recall_rate,
    cast((1.0 * converted_count / mql_count) / nullif(1.0 * total_converted / total_count, 0) as double) as lift
from summed
