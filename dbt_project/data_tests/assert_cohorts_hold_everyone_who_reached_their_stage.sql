-- Everyone who reached the first stage of a pair is in one cohort of it, in every breakdown, of conversion and of
-- velocity.
{{ config(meta={
    'owner': 'data_engineering',
    'meaning': 'People who reached a stage are missing from its cohorts, so conversion rates are of others.',
    'remedy': 'A fault of the models, which data can\'t cause: keep the lake and report it with the rows below.',
}) }}
with

reached as (
    select
        reaches.funnel,
        stage_conversions.from_stage,
        stage_conversions.to_stage,
        count(*) as entity_count
    from {{ ref('int_funnel_reaches') }} as reaches
    inner join {{ ref('stage_conversions') }} as stage_conversions on reaches.stage = stage_conversions.from_stage
    group by reaches.funnel, stage_conversions.from_stage, stage_conversions.to_stage
),

{% set key = 'funnel, period_type, breakdown, from_stage, to_stage' %}
cohorts as (
    select
        'conversion' as mart,
        {{ key }},
        sum(cohort_count) as entity_count
    from {{ ref('fct_cohort_conversion') }}
    group by {{ key }}
    union all
    select
        'velocity',
        {{ key }},
        sum(reached_count + censored_count + negative_count)
    from {{ ref('fct_stage_velocity') }}
    group by {{ key }}
)

select
    cohorts.*,
    reached.entity_count as entity_count_in
from cohorts
full outer join reached
    on
        cohorts.funnel = reached.funnel
        and cohorts.from_stage = reached.from_stage
        and cohorts.to_stage = reached.to_stage
where cohorts.entity_count is distinct from reached.entity_count
