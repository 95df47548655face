-- Each cost of a campaign, over all of its months, is the record's own to the cent, and ad spend is that of the
-- platforms.
{{ config(meta={
    'owner': 'data_engineering',
    'meaning': 'Costs were lost or made up on the way into the months, so cost per anything is wrong.',
    'remedy': 'A fault of the models, which data can\'t cause: keep the lake and report it with the rows below.',
}) }}
with

told as (
    select
        cost_source,
        system || ':' || cost_id as source_record_id,
        amount
    from {{ ref('campaign_costs') }}
    where cost_kind = 'actual'
    union all
    select
        'declared' as cost_source,
        cost_id as source_record_id,
        amount
    from {{ ref('marketing_costs') }}
    where kind = 'actual'
    union all
    select
        'ad_platform' as cost_source,
        ad_platform || ':' || ad_account_id || ':' || ad_campaign_id as source_record_id,
        sum(amount) as amount
    from {{ ref('fct_ad_spend') }}
    group by ad_platform, ad_account_id, ad_campaign_id
),

shown as (
    select
        cost_source,
        source_record_id,
        sum(amount) as amount
    from {{ ref('fct_marketing_costs') }}
    group by cost_source, source_record_id
)

select
    coalesce(told.cost_source, shown.cost_source) as cost_source,
    coalesce(told.source_record_id, shown.source_record_id) as source_record_id,
    told.amount as amount_in,
    shown.amount as amount_out
from told
full outer join shown
    on told.cost_source = shown.cost_source and told.source_record_id = shown.source_record_id
where coalesce(told.amount, 0) <> coalesce(shown.amount, 0)
