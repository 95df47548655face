-- Every attribution model that is worked out gives out the conversions and the money of all paths, exactly.
{{ config(meta={
    'owner': 'data_engineering',
    'meaning': 'Channels add up to other conversions, or other money, than there were.',
    'remedy': 'A fault of the models, which data can\'t cause: keep the lake and report it with the rows below.',
}) }}
with

models as (
    select * from {{ ref('fct_channel_credit_models') }}
    where is_worked_out
),

credits as (select * from {{ ref('fct_channel_credits') }}),

paths as (select * from {{ ref('fct_paths') }}),

owed as (
    select
        attribution_setting,
        basis,
        sum(conversion_count) as conversion_count,
        sum(amount_usd) as amount_usd
    from paths
    group by attribution_setting, basis
),

given as (
    select
        attribution_setting,
        basis,
        attribution_model,
        sum(conversion_credit) as conversion_credit,
        sum(credit_usd) as credit_usd
    from credits
    group by attribution_setting, basis, attribution_model
)

select
    models.attribution_setting,
    models.basis,
    models.attribution_model,
    given.conversion_credit,
    given.credit_usd,
    owed.conversion_count,
    owed.amount_usd
from models
left join given
    on
        models.attribution_setting = given.attribution_setting
        and models.basis = given.basis
        and models.attribution_model = given.attribution_model
left join owed on models.attribution_setting = owed.attribution_setting and models.basis = owed.basis
where
    coalesce(given.conversion_credit <> owed.conversion_count, true)
    or coalesce(given.credit_usd <> owed.amount_usd, true)
