-- Grain: one row per kind of score, outcome stage and decile of the score among mature MQLs, 10 the highest.
with

outcomes as (
    select * from {{ ref('int_mql_score_outcomes') }}
    where is_mature and score is not null
),

-- Equal scores share a decile: that of the lowest rank among them.
ranked as (
    select
        *,
        rank() over (partition by score_kind, outcome_stage order by score) as score_rank,
        count(*) over (partition by score_kind, outcome_stage) as total_count,
        sum(case when is_converted then 1 else 0 end) over (partition by score_kind, outcome_stage) as total_converted
    from outcomes
),

counted as (
    select
        score_kind,
        outcome_stage,
        1 + floor(10.0 * (score_rank - 1) / total_count) as decile,
        min(within_days) as within_days,
        count(*) as mql_count,
        min(score) as min_score,
        max(score) as max_score,
        sum(case when is_converted then 1 else 0 end) as converted_count,
        min(1.0 * total_converted / total_count) as overall_rate
    from ranked
    group by 1, 2, 3
)

select
    score_kind,
    outcome_stage,
    cast(decile as bigint) as decile,
    cast(within_days as bigint) as within_days,
    cast(mql_count as bigint) as mql_count,
    cast(min_score as double) as min_score,
    cast(max_score as double) as max_score,
    cast(converted_count as bigint) as converted_count,
    cast(1.0 * converted_count / mql_count as double) as conversion_rate,
    cast(1.0 * converted_count / mql_count / nullif(overall_rate, 0) as double) as lift
from counted
