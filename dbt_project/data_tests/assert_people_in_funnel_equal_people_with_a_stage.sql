-- Everyone who reached a stage by now is in exactly one week of it.
with

people as (
    select
        stage,
        count(distinct person_id) as person_count
    from {{ ref('int_stage_first_reaches') }}
    where first_reached_at <= {{ as_of() }}
    group by stage
),

funnel as (
    select
        stage,
        sum(person_count) as person_count
    from {{ ref('fct_funnel_weekly') }}
    group by stage
)

select
    funnel.stage,
    people.person_count as person_count_in,
    funnel.person_count as person_count_out
from funnel
left join people on funnel.stage = people.stage
where coalesce(people.person_count, 0) <> funnel.person_count
