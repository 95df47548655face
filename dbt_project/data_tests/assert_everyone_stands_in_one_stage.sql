-- At the end of the last period every person with a stage is open in exactly one stage and value of each breakdown.
{{ config(meta={
    'owner': 'data_engineering',
    'meaning': 'At the end of the last period somebody is open in no stage or in two, so stocks don\'t foot.',
    'remedy': 'A fault of the models, which data can\'t cause: keep the lake and report it with the rows below.',
}) }}
with

people as (
    select count(distinct person_id) as person_count
    from {{ ref('int_stage_transitions') }}
),

passages as (
    select
        *,
        max(period_start_date) over (partition by period_type) as last_period
    from {{ ref('fct_stage_passages') }}
),

standing as (
    select
        period_type,
        breakdown,
        sum(open_at_end_count) as person_count
    from passages
    where period_start_date = last_period
    group by period_type, breakdown
)

select
    standing.period_type,
    standing.breakdown,
    people.person_count as person_count_in,
    standing.person_count as person_count_out
from standing
cross join people
where standing.person_count <> people.person_count
