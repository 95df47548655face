-- Every basis, model and opportunity gives out its whole credit, compared as decimals, nothing rounded.
{{ config(meta={
    'owner': 'data_engineering',
    'meaning': 'An opportunity gives out more or less than its whole credit.',
    'remedy': 'A fault of the models, which data can\'t cause: keep the lake and report it with the rows below.',
}) }}
select
    basis,
    attribution_model,
    opportunity_id,
    sum(credit_share) as credit_share
from {{ ref('fct_attribution_credits') }}
group by basis, attribution_model, opportunity_id
having
    sum(credit_share) <> 1
    or min(credit_share) < 0
