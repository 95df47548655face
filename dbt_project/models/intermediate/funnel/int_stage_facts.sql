-- Grain: one row per thing that a system says about a person record, which a stage rule may name.
-- `is_current_value` marks what a record says without saying since when, `is_change` that it is known to have said
-- something else before, `value_before`, or an earlier instant, `is_day_only` what has no time of day.
with

person_facts as (select * from {{ ref('int_person_facts') }}),

statements as (select * from {{ ref('stage_statements') }}),

responses as (select * from {{ ref('int_campaign_member_responses') }} where is_first_response),

human_touches as (select * from {{ ref('int_human_touches') }}),

score_crossings as (select * from {{ ref('int_score_crossings') }} where is_stage_rule),

form_fills as (select * from {{ ref('form_fills') }}),

facts as (
    select
        system, object, field, value, person_record_id, record_id as source_record_id, stated_at as entered_at,
        is_upper_bound as is_current_value, is_day_only, is_change, value_before
    from person_facts
    union all
    select system, object, field, value, person_record_id, source_record_id, stated_at, false, false, false, null
    from statements
    union all
    select
        system, object, 'has_responded', 'true', person_record_id, source_record_id, responded_at, false, is_day_only,
        false, null
    from responses
    union all
    select system, object, field, '*', person_record_id, source_record_id, occurred_at, false, false, false, null
    from human_touches
    union all
    select system, 'score', score_name, '*', person_record_id, source_record_id, crossed_at, false, false, false, null
    from score_crossings
    union all
    select
        system, 'form_fill', 'form_name', coalesce(form_name, '(unnamed)'), person_record_id, source_record_id,
        filled_at, false, false, false, null
    from form_fills
)

select * from facts
where
    value is not null
    and entered_at is not null
    and person_record_id is not null
