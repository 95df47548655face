-- Grain: one row per basis and person who reached the stage that touches may earn credit for.
with

bases as (select * from {{ ref('attribution_bases') }}),

first_reaches as (select * from {{ ref('int_stage_first_reaches') }} where not is_skipped),

people_accounts as (select * from {{ ref('int_people_accounts') }})

select
    bases.basis,
    first_reaches.person_id,
    people_accounts.account_id,
    first_reaches.first_reached_at as conversion_at
from first_reaches
inner join bases on first_reaches.stage = bases.basis
left join people_accounts on first_reaches.person_id = people_accounts.person_id
where first_reaches.first_reached_at <= {{ as_of() }}
