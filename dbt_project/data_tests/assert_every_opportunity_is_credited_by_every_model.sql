-- Pipeline of every opportunity and revenue of every win are in every model: zero_touch_lost.
with

owed as (
    select
        'pipeline' as basis,
        opportunity_id
    from {{ ref('fct_opportunities') }}
    union all
    select
        'revenue',
        opportunity_id
    from {{ ref('fct_opportunities') }}
    where is_won
),

models as (select distinct attribution_model from {{ ref('attribution_models') }}),

credited as (
    select distinct
        basis,
        opportunity_id,
        attribution_model
    from {{ ref('fct_attribution_credits') }}
)

select
    owed.basis,
    owed.opportunity_id,
    models.attribution_model
from owed
cross join models
left join credited
    on
        owed.basis = credited.basis
        and owed.opportunity_id = credited.opportunity_id
        and models.attribution_model = credited.attribution_model
where credited.opportunity_id is null
