-- Costs in are costs out month by month, and credit and money add up, in every setting and model of both marts.
{{ config(meta={
    'owner': 'data_engineering',
    'meaning': 'Channels or campaigns together cost or earned another sum than was paid or earned.',
    'remedy': 'A fault of the models, which data can\'t cause: keep the lake and report it with the rows below.',
}) }}
{%- set marts = ['fct_channel_performance', 'fct_campaign_performance'] %}
{%- set measures = ['spend_usd', 'cost_usd', 'pipeline_usd', 'won_usd', 'won_credit', 'mql_credit'] %}
with

settings as (
    select distinct
        attribution_setting,
        attribution_model
    from {{ ref('fct_channel_performance') }}
),

paid as (
    select
        settings.attribution_setting,
        settings.attribution_model,
        costs.period_start_date,
        sum(case when costs.cost_source = 'ad_platform' then costs.amount_usd end) as spend_usd,
        sum(case when costs.is_counted then costs.amount_usd end) as cost_usd
    from {{ ref('fct_marketing_costs') }} as costs
    cross join settings
    group by settings.attribution_setting, settings.attribution_model, costs.period_start_date
),

earned as (
    select
        attribution_setting,
        attribution_model,
        {{ month_start('counted_date') }} as period_start_date,
        sum(case when basis = 'pipeline' then credit_usd end) as pipeline_usd,
        sum(case when basis = 'revenue' then credit_usd end) as won_usd,
        sum(case when basis = 'revenue' then credit_share end) as won_credit,
        sum(case when basis = 'mql' then credit_share end) as mql_credit
    from {{ ref('fct_attribution_credits_by_setting') }}
    group by attribution_setting, attribution_model, {{ month_start('counted_date') }}
),

owed as (
    select
        coalesce(paid.attribution_setting, earned.attribution_setting) as attribution_setting,
        coalesce(paid.attribution_model, earned.attribution_model) as attribution_model,
        coalesce(paid.period_start_date, earned.period_start_date) as period_start_date,
        paid.spend_usd,
        paid.cost_usd,
        earned.pipeline_usd,
        earned.won_usd,
        earned.won_credit,
        earned.mql_credit
    from paid
    full outer join earned
        on
            paid.attribution_setting = earned.attribution_setting
            and paid.attribution_model = earned.attribution_model
            and paid.period_start_date = earned.period_start_date
),

shown as (
    {% for mart in marts -%}
        select
            '{{ mart }}' as mart,
            attribution_setting,
            attribution_model,
            {% for measure in measures -%}
                sum({{ measure }}) as {{ measure }},
            {% endfor -%}
            period_start_date
        from {{ ref(mart) }}
        group by attribution_setting, attribution_model, period_start_date
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

marts as (
    {% for mart in marts -%}
        select '{{ mart }}' as mart
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

expected as (
    select
        marts.mart,
        owed.*
    from owed
    cross join marts
)

select
    {% for measure in measures -%}
        shown.{{ measure }} as {{ measure }}_shown,
        expected.{{ measure }} as {{ measure }}_owed,
    {% endfor -%}
    coalesce(shown.mart, expected.mart) as mart,
    coalesce(shown.attribution_setting, expected.attribution_setting) as attribution_setting,
    coalesce(shown.attribution_model, expected.attribution_model) as attribution_model,
    coalesce(shown.period_start_date, expected.period_start_date) as period_start_date
from shown
full outer join expected
    on
        shown.mart = expected.mart
        and shown.attribution_setting = expected.attribution_setting
        and shown.attribution_model = expected.attribution_model
        and shown.period_start_date = expected.period_start_date
where
    {% for measure in measures -%}
        {{ 'or ' if not loop.first }}coalesce(shown.{{ measure }}, 0) <> coalesce(expected.{{ measure }}, 0)
    {% endfor %}
