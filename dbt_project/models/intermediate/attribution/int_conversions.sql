-- Grain: one row per basis and conversion, an opportunity or a person, that touches may earn credit for.
with

opportunity_conversions as (select * from {{ ref('int_opportunity_conversions') }}),

stage_conversions as (select * from {{ ref('int_stage_conversions') }})

select
    basis,
    opportunity_id as conversion_id,
    opportunity_id,
    cast(null as string) as person_id,
    account_id,
    opportunity_created_at,
    conversion_at
from opportunity_conversions
union all
select
    basis,
    person_id as conversion_id,
    cast(null as string) as opportunity_id,
    person_id,
    account_id,
    cast(null as timestamp) as opportunity_created_at,
    conversion_at
from stage_conversions
