-- Grain: one row per MQL, kind of score (total, fit, engagement) and outcome stage (sql, sao).
with

mqls as (select * from {{ ref('int_mql_scores') }}),

stage_conversions as (
    select * from {{ ref('stage_conversions') }}
    where from_stage = 'mql' and to_stage in ('sql', 'sao')
),

score_fields as (select * from {{ ref('score_fields') }}),

scoring_thresholds as (select * from {{ ref('scoring_thresholds') }}),

scored as (
    {% for kind in ['total', 'fit', 'engagement'] %}
        select
            mql_id,
            mql_at,
            sql_at,
            sao_at,
            score_system,
            '{{ kind }}' as score_kind,
            {{ kind }}_score as score
        from mqls
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

judged as (
    select
        scored.mql_id,
        scored.mql_at,
        scored.score_system,
        scored.score_kind,
        scored.score,
        stage_conversions.to_stage as outcome_stage,
        stage_conversions.within_days,
        case stage_conversions.to_stage when 'sql' then scored.sql_at else scored.sao_at end as reached_at
    from scored
    cross join stage_conversions
),

-- Set on a field, in force on the day.
thresholds as (
    select
        score_fields.system,
        score_fields.score_kind,
        scoring_thresholds.threshold,
        scoring_thresholds.valid_from,
        scoring_thresholds.valid_to
    from score_fields
    inner join scoring_thresholds
        on
            score_fields.system = scoring_thresholds.system
            and score_fields.score_name = scoring_thresholds.score_name
)

select
    judged.mql_id,
    judged.mql_at,
    cast(date_trunc('quarter', {{ reporting_date('judged.mql_at') }}) as date) as quarter_start_date,
    judged.score_kind,
    judged.score,
    judged.outcome_stage,
    judged.within_days,
    {{ days_between('judged.mql_at', as_of()) }} >= judged.within_days as is_mature,
    coalesce({{ days_between('judged.mql_at', 'judged.reached_at') }} <= judged.within_days, false) as is_converted,
    max(thresholds.threshold) as threshold
from judged
left join thresholds
    on
        judged.score_system = thresholds.system
        and judged.score_kind = thresholds.score_kind
        and {{ holds_on('thresholds', reporting_date('judged.mql_at')) }}
group by
    judged.mql_id, judged.mql_at, judged.score_kind, judged.score, judged.outcome_stage, judged.within_days,
    judged.reached_at
