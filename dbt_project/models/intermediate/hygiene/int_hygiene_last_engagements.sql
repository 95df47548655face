-- Grain: one row per person who ever visited, clicked, filled in a form or responded.
with

touchpoints as (
    select * from {{ ref('int_touchpoints_united') }}
    where touchpoint_at <= {{ as_of() }} and person_id is not null
)

select
    person_id,
    max(touchpoint_at) as last_engaged_at
from touchpoints
group by person_id
