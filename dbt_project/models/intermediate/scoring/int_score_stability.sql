-- Grain: one row per kind of score and quarter with MQLs: how far its scores moved from those of the year before.
-- Population stability index: sum of (p - q) ln(p / q) over ten bins, cut at the deciles of the baseline, which is the
-- four quarters before (of the first ones, those there are). Half an MQL is added to each bin that either side uses.
with

mqls as (
    select distinct mql_id, quarter_start_date, score_kind, score
    from {{ ref('int_mql_score_outcomes') }}
    where score is not null
),

counted as (
    select
        score_kind,
        quarter_start_date,
        score,
        count(*) as mql_count
    from mqls
    group by score_kind, quarter_start_date, score
),

quarters as (select distinct score_kind, quarter_start_date from counted),

compared as (
    select
        score_kind,
        quarter_start_date,
        score,
        mql_count,
        0 as baseline_count,
        cast(null as date) as baseline_quarter
    from counted
    union all
    select
        quarters.score_kind,
        quarters.quarter_start_date,
        past.score,
        0 as mql_count,
        past.mql_count as baseline_count,
        past.quarter_start_date as baseline_quarter
    from quarters
    inner join counted as past
        on
            quarters.score_kind = past.score_kind
            and {{ months_between('past.quarter_start_date', 'quarters.quarter_start_date') }} between 1 and 12
),

-- Equal scores stay together, so a bin may hold more than a tenth of the baseline.
valued as (
    select
        score_kind,
        quarter_start_date,
        score,
        sum(mql_count) as mql_count,
        sum(baseline_count) as baseline_count,
        min(baseline_quarter) as baseline_quarter
    from compared
    group by score_kind, quarter_start_date, score
),

ordered as (
    select
        *,
        sum(baseline_count) over (partition by score_kind, quarter_start_date) as baseline_total,
        coalesce(sum(baseline_count) over (
            partition by score_kind, quarter_start_date
            order by score
            rows between unbounded preceding and 1 preceding
        ), 0) as baseline_below
    from valued
),

binned as (
    select
        score_kind,
        quarter_start_date,
        least(9, floor(10.0 * baseline_below / nullif(baseline_total, 0))) as bin,
        sum(mql_count) as mql_count,
        sum(baseline_count) as baseline_count,
        min(baseline_quarter) as baseline_start_date
    from ordered
    group by
        score_kind, quarter_start_date, least(9, floor(10.0 * baseline_below / nullif(baseline_total, 0)))
),

smoothed as (
    select
        *,
        (mql_count + 0.5)
        / (sum(mql_count) over bins + 0.5 * count(*) over bins) as share,
        (baseline_count + 0.5)
        / (sum(baseline_count) over bins + 0.5 * count(*) over bins) as baseline_share
    from binned
    window bins as (partition by score_kind, quarter_start_date)
)

-- The order in which an engine adds up moves the last digits of a sum of logarithms: twelve are the same every night.
select
    score_kind,
    quarter_start_date,
    cast(sum(mql_count) as bigint) as scored_count,
    cast(sum(baseline_count) as bigint) as baseline_count,
    min(baseline_start_date) as baseline_start_date,
    case
        when sum(baseline_count) > 0 then round(sum((share - baseline_share) * ln(share / baseline_share)), 12)
    end as psi
from smoothed
group by score_kind, quarter_start_date
