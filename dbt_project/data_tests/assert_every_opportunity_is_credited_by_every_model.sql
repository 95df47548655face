-- Pipeline of every opportunity and revenue of every win are in every setting and model: zero_touch_lost.
{{ config(meta={
    'owner': 'data_engineering',
    'meaning': 'An opportunity is missing from an attribution model, so models add up to different totals.',
    'remedy': 'A fault of the models, which data can\'t cause: keep the lake and report it with the rows below.',
}) }}
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

settings as (select * from {{ ref('attribution_settings') }}),

credited as (
    select distinct
        attribution_setting,
        basis,
        opportunity_id,
        attribution_model
    from {{ ref('fct_attribution_credits_by_setting') }}
)

select
    settings.attribution_setting,
    owed.basis,
    owed.opportunity_id,
    models.attribution_model
from owed
cross join models
cross join settings
left join credited
    on
        settings.attribution_setting = credited.attribution_setting
        and owed.basis = credited.basis
        and owed.opportunity_id = credited.opportunity_id
        and models.attribution_model = credited.attribution_model
where credited.opportunity_id is null
