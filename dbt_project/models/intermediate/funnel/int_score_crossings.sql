-- Grain: one row per change of a score that takes it from below to at or above the threshold of its day.
with

scores as (select * from {{ ref('score_readings') }}),

scoring_thresholds as (select * from {{ ref('scoring_thresholds') }}),

judged as (
    select
        scores.*,
        scoring_thresholds.threshold,
        scoring_thresholds.is_stage_rule,
        scores.score >= scoring_thresholds.threshold as is_reached,
        lag(scores.score >= scoring_thresholds.threshold) over (
            partition by scores.system, scores.score_name, scores.person_record_id
            order by scores.read_at, scores.source_record_id
        ) as was_reached
    from scores
    inner join scoring_thresholds
        on
            scores.system = scoring_thresholds.system
            and scores.score_name = scoring_thresholds.score_name
            and {{ holds_on('scoring_thresholds', reporting_date('scores.read_at')) }}
    where scores.score is not null and scores.read_at is not null
),

-- The log may begin in the middle: its first row tells the score before it.
final as (
    select
        system,
        score_name,
        person_record_id,
        source_record_id,
        read_at as crossed_at,
        score,
        threshold,
        is_stage_rule
    from judged
    where is_reached and not coalesce(was_reached, score_before >= threshold, false)
)

select * from final
