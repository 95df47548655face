-- Spend in is spend out, and credit and money add up, in every setting and model of both marts.
{{ config(meta={
    'owner': 'data_engineering',
    'meaning': 'Channels or campaigns together spent or earned another sum than was spent or earned.',
    'remedy': 'A fault of the models, which data can\'t cause: keep the lake and report it with the rows below.',
}) }}
with

owed as (
    select
        credits.attribution_setting,
        credits.attribution_model,
        sum(case when credits.basis = 'pipeline' then credits.credit_usd end) as pipeline_usd,
        sum(case when credits.basis = 'revenue' then credits.credit_usd end) as won_usd,
        sum(case when credits.basis = 'revenue' then credits.credit_share end) as won_credit,
        sum(case when credits.basis = 'mql' then credits.credit_share end) as mql_credit
    from {{ ref('fct_attribution_credits_by_setting') }} as credits
    group by credits.attribution_setting, credits.attribution_model
),

spend as (select sum(amount_usd) as spend_usd from {{ ref('fct_ad_spend') }}),

shown as (
    {% for mart in ['fct_channel_performance', 'fct_campaign_performance'] -%}
        select
            '{{ mart }}' as mart,
            attribution_setting,
            attribution_model,
            sum(spend_usd) as spend_usd,
            sum(pipeline_usd) as pipeline_usd,
            sum(won_usd) as won_usd,
            sum(won_credit) as won_credit,
            sum(mql_credit) as mql_credit
        from {{ ref(mart) }}
        group by attribution_setting, attribution_model
        {{ 'union all' if not loop.last }}
    {% endfor %}
)

select
    shown.*,
    spend.spend_usd as spend_owed_usd,
    owed.pipeline_usd as pipeline_owed_usd,
    owed.won_usd as won_owed_usd
from shown
cross join spend
left join owed
    on
        shown.attribution_setting = owed.attribution_setting
        and shown.attribution_model = owed.attribution_model
where
    coalesce(shown.spend_usd, 0) <> coalesce(spend.spend_usd, 0)
    or shown.pipeline_usd <> coalesce(owed.pipeline_usd, 0)
    or shown.won_usd <> coalesce(owed.won_usd, 0)
    or shown.won_credit <> coalesce(owed.won_credit, 0)
    or shown.mql_credit <> coalesce(owed.mql_credit, 0)
