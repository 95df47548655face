-- Grain: one row per change of a score that takes it from below to at or above the threshold of its day.
with

activities as (select * from {{ ref('stg_marketo__activities') }} where activity_type_id = 22),

property_history as (
    select * from {{ ref('stg_hubspot__contact_property_history') }}
    where lower(property_name) like '%score%'
),

scoring_thresholds as (select * from {{ ref('scoring_thresholds') }}),

scores as (
    select
        'marketo' as system,
        lower(replace(coalesce(score_name, primary_attribute_value), ' ', '_')) as score_name,
        'marketo:lead:' || cast(lead_id as string) as person_record_id,
        activity_id as source_record_id,
        activity_at as scored_at,
        {{ try_cast('new_value', 'double') }} as score,
        {{ try_cast('old_value', 'double') }} as score_before
    from activities
    union all
    select
        'hubspot',
        lower(property_name),
        'hubspot:contact:' || cast(contact_id as string),
        cast(contact_id as string),
        changed_at,
        {{ try_cast('property_value', 'double') }},
        cast(null as double)
    from property_history
),

judged as (
    select
        scores.*,
        scoring_thresholds.threshold,
        scoring_thresholds.is_stage_rule,
        scores.score >= scoring_thresholds.threshold as is_reached,
        lag(scores.score >= scoring_thresholds.threshold) over (
            partition by scores.system, scores.score_name, scores.person_record_id
            order by scores.scored_at, scores.source_record_id
        ) as was_reached
    from scores
    inner join scoring_thresholds
        on
            scores.system = scoring_thresholds.system
            and scores.score_name = scoring_thresholds.score_name
            and cast(scores.scored_at as date) >= scoring_thresholds.valid_from
            and (
                scoring_thresholds.valid_to is null
                or cast(scores.scored_at as date) < scoring_thresholds.valid_to
            )
    where scores.score is not null and scores.scored_at is not null
),

-- The log may begin in the middle: its first row tells the score before it.
final as (
    select
        system,
        score_name,
        person_record_id,
        source_record_id,
        scored_at as crossed_at,
        score,
        threshold,
        is_stage_rule
    from judged
    where is_reached and not coalesce(was_reached, score_before >= threshold, false)
)

select * from final
