-- Credited money is the opportunity's amount in integer cents, for every setting, basis and model that credits it.
{{ config(meta={
    'owner': 'data_engineering',
    'meaning': 'Credited money is not the opportunity\'s amount, so channels add up to other revenue than the CRM\'s.',
    'remedy': 'A fault of the models, which data can\'t cause: keep the lake and report it with the rows below.',
}) }}
with

credited as (
    select
        attribution_setting,
        basis,
        attribution_model,
        opportunity_id,
        sum(cast(credit_usd * 100 as bigint)) as credited_cents
    from {{ ref('fct_attribution_credits_by_setting') }}
    where opportunity_id is not null
    group by attribution_setting, basis, attribution_model, opportunity_id
),

owed as (
    select
        opportunity_id,
        'pipeline' as basis,
        cast(amount_usd * 100 as bigint) as amount_cents
    from {{ ref('fct_opportunities') }}
    union all
    select
        opportunity_id,
        'revenue' as basis,
        cast(won_amount_usd * 100 as bigint) as amount_cents
    from {{ ref('fct_opportunities') }}
)

select
    credited.*,
    owed.amount_cents
from credited
left join owed on credited.opportunity_id = owed.opportunity_id and credited.basis = owed.basis
where
    credited.credited_cents <> owed.amount_cents
    or (credited.credited_cents is null) <> (owed.amount_cents is null)
