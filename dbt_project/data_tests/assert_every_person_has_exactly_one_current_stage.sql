-- Of the people with a stage; and whoever has a record has one.
{{ config(meta={
    'owner': 'data_engineering',
    'meaning': 'Somebody is in no stage or in two, so people counted by stage are not all people.',
    'remedy': 'A fault of the models, which data can\'t cause: keep the lake and report it with the rows below.',
}) }}
with

transitions as (select * from {{ ref('int_stage_transitions') }}),

current_stages as (
    select
        person_id,
        sum(case when is_current then 1 else 0 end) as current_count
    from transitions
    group by person_id
),

entered as (select distinct person_id from {{ ref('int_stage_entries') }} where entered_at <= {{ as_of() }})

select
    entered.person_id,
    current_stages.current_count
from entered
left join current_stages on entered.person_id = current_stages.person_id
where current_stages.current_count is null or current_stages.current_count <> 1
