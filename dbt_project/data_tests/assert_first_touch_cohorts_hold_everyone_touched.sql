-- Everyone with a first touch is in one cohort, and in one month of it for each stage reached.
{{ config(meta={
    'owner': 'data_engineering',
    'meaning': 'People with a first touch are missing from its cohorts, so what became of a channel\'s people is of '
        ~ 'others.',
    'remedy': 'A fault of the models, which data can\'t cause: keep the lake and report it with the rows below.',
}) }}
with

first_touches as (select * from {{ ref('int_people_first_touches') }}),

reached as (
    select
        reaches.stage,
        count(*) as person_count
    from first_touches
    inner join {{ ref('int_funnel_reaches') }} as reaches on first_touches.person_id = reaches.entity_id
    where reaches.funnel = 'person'
    group by reaches.stage
),

touched as (select count(*) as person_count from first_touches),

cohorts as (
    select
        stage,
        sum(person_count) as person_count,
        sum(case when months_since = 0 then cohort_person_count else 0 end) as cohort_person_count
    from {{ ref('fct_first_touch_cohorts') }}
    group by stage
)

select
    cohorts.*,
    reached.person_count as reached_count,
    touched.person_count as touched_count
from cohorts
cross join touched
left join reached on cohorts.stage = reached.stage
where
    cohorts.person_count <> coalesce(reached.person_count, 0)
    or cohorts.cohort_person_count <> touched.person_count
