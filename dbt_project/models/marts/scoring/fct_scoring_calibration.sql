-- Grain: one row per kind of score, outcome stage and period (all time, or a quarter of MQLs).
with

outcomes as (select * from {{ ref('int_mql_score_outcomes') }}),

stability as (select * from {{ ref('int_score_stability') }}),

samples as (
    select warn as min_count from {{ ref('check_thresholds') }}
    where threshold = 'scoring_sample'
),

periods as (
    select *, 'quarter' as period_type, quarter_start_date as period_start_date
    from outcomes
    union all
    select *, 'all', min(quarter_start_date) over ()
    from outcomes
),

-- Of equal scores once, with whom it told apart: mature MQLs only.
counted as (
    select
        score_kind,
        outcome_stage,
        period_type,
        period_start_date,
        score,
        count(*) as mql_count,
        sum(case when score is not null and is_mature then 1 else 0 end) as mature_count,
        sum(case when score is not null and is_mature and is_converted then 1 else 0 end) as converted_count,
        min(within_days) as within_days,
        max(case when threshold is not null then mql_at end) as last_at,
        max_by(threshold, case when threshold is not null then mql_at end) as threshold
    from periods
    group by score_kind, outcome_stage, period_type, period_start_date, score
),

summed as (
    select
        *,
        sum(converted_count) over of_period as period_converted,
        sum(mature_count - converted_count) over of_period as period_lost,
        sum(converted_count) over up_to as converted_up_to,
        sum(mature_count - converted_count) over up_to as lost_up_to
    from counted
    window
        of_period as (partition by score_kind, outcome_stage, period_type, period_start_date),
        up_to as (
            partition by score_kind, outcome_stage, period_type, period_start_date
            order by score nulls first
            rows between unbounded preceding and current row
        )
),

-- AUC is the Mann-Whitney probability that a converted MQL scored above a lost one, a tie counting half; KS the widest
-- gap between the two cumulative distributions.
measured as (
    select
        score_kind,
        outcome_stage,
        period_type,
        period_start_date,
        min(within_days) as within_days,
        sum(mql_count) as mql_count,
        sum(case when score is not null then mql_count else 0 end) as scored_count,
        sum(mature_count) as mature_count,
        sum(converted_count) as converted_count,
        sum(1.0 * converted_count * (lost_up_to - (mature_count - converted_count) / 2.0))
        / nullif(1.0 * min(period_converted) * min(period_lost), 0) as auc,
        max(abs(
            1.0 * converted_up_to / nullif(period_converted, 0) - 1.0 * lost_up_to / nullif(period_lost, 0)
        )) as ks,
        max_by(threshold, last_at) as threshold
    from summed
    group by score_kind, outcome_stage, period_type, period_start_date
)

select
    measured.score_kind,
    measured.outcome_stage,
    measured.period_type,
    measured.period_start_date,
    {{ periods_ago('measured.period_type', 'measured.period_start_date') }} as periods_ago,
    cast(measured.within_days as bigint) as within_days,
    cast(measured.mql_count as bigint) as mql_count,
    cast(measured.scored_count as bigint) as scored_count,
    cast(measured.mature_count as bigint) as mature_count,
    cast(measured.converted_count as bigint) as converted_count,
    cast(1.0 * measured.converted_count / nullif(measured.mature_count, 0) as double) as conversion_rate,
    cast(measured.auc as double) as auc,
    cast(measured.ks as double) as ks,
    cast(stability.psi as double) as psi,
    cast(stability.baseline_count as bigint) as baseline_count,
    cast(stability.baseline_start_date as date) as baseline_start_date,
    cast(measured.threshold as double) as threshold,
    coalesce(measured.mature_count >= samples.min_count and measured.auc is not null, false) as is_auc_judged,
    coalesce(least(stability.scored_count, stability.baseline_count) >= samples.min_count, false) as is_psi_judged
from measured
left join stability
    on
        measured.score_kind = stability.score_kind
        and measured.period_type = 'quarter'
        and measured.period_start_date = stability.quarter_start_date
left join samples on samples.min_count is not null
