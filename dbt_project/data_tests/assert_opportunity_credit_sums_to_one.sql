-- Every setting, basis, model and conversion gives out its whole credit, compared as decimals, nothing rounded.
{{ config(meta={
    'owner': 'data_engineering',
    'meaning': 'A conversion gives out more or less than its whole credit.',
    'remedy': 'A fault of the models, which data can\'t cause: keep the lake and report it with the rows below.',
}) }}
select
    attribution_setting,
    basis,
    attribution_model,
    conversion_id,
    sum(credit_share) as credit_share
from {{ ref('fct_attribution_credits_by_setting') }}
group by attribution_setting, basis, attribution_model, conversion_id
having
    sum(credit_share) <> 1
    or min(credit_share) < 0
