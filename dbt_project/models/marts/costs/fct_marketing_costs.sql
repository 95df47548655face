-- Grain: one row per source, record of a cost, month and currency, and whether that is assumed or has no rate.
with

spend as (select * from {{ ref('fct_ad_spend') }}),

costs as (select * from {{ ref('int_costs_by_month') }} where cost_kind = 'actual'),

cost_sources as (select * from {{ ref('cost_sources') }}),

campaigns as (select * from {{ ref('dim_campaigns') }}),

-- The same day's rate counts in the month as in fct_ad_spend, so days without one are a row of their own.
spent as (
    select
        'ad_platform' as cost_source,
        ad_platform || ':' || ad_account_id || ':' || ad_campaign_id as source_record_id,
        {{ month_start('spend_date') }} as period_start_date,
        max(channel) as channel,
        max(campaign_id) as campaign_id,
        cast(sum(amount) as decimal(18, 6)) as amount,
        currency_code,
        is_currency_assumed,
        cast(sum(amount_usd) as decimal(18, 6)) as amount_usd,
        has_missing_rate
    from spend
    group by
        ad_platform, ad_account_id, ad_campaign_id, {{ month_start('spend_date') }}, currency_code,
        is_currency_assumed, has_missing_rate
    having max(abs(amount)) > 0
),

united as (
    select
        spent.cost_source,
        spent.source_record_id,
        spent.period_start_date,
        cost_sources.category,
        spent.channel,
        spent.campaign_id,
        spent.amount,
        spent.currency_code,
        spent.is_currency_assumed,
        spent.amount_usd,
        spent.has_missing_rate
    from spent
    inner join cost_sources on spent.cost_source = cost_sources.cost_source
    union all
    select
        costs.cost_source,
        costs.source_record_id,
        costs.period_start_date,
        costs.category,
        coalesce(costs.channel, campaigns.channel, 'unknown') as channel,
        costs.campaign_id,
        cast(costs.amount as decimal(18, 6)) as amount,
        costs.currency_code,
        costs.is_currency_assumed,
        cast(costs.amount_usd as decimal(18, 6)) as amount_usd,
        costs.has_missing_rate
    from costs
    left join campaigns on costs.campaign_id = campaigns.campaign_id
),

ordered as (
    select
        united.*,
        cost_sources.actual_order,
        min(case when united.has_missing_rate then 1 else 0 end) over (
            partition by united.campaign_id, united.cost_source
        ) as is_unpriced
    from united
    inner join cost_sources on united.cost_source = cost_sources.cost_source
),

-- Of the sources that tell a campaign's cost, at any time, the first counts of whose money any has a rate.
judged as (
    select
        *,
        first_value(cost_source) over (
            partition by campaign_id
            order by
                case when actual_order is null then 2 else 1 end asc, is_unpriced asc, actual_order asc,
                cost_source asc
            rows between unbounded preceding and unbounded following
        ) as first_source
    from ordered
),

final as (
    select
        *,
        case
            when campaign_id <> 'unknown' and actual_order is not null and cost_source <> first_source
                then 'told_by_' || first_source
            when has_missing_rate then 'no_rate'
        end as not_counted_because
    from judged
)

select
    {{ hash_key([
        'cost_source', 'source_record_id', 'period_start_date', 'currency_code', 'is_currency_assumed',
        'has_missing_rate'
    ]) }} as marketing_cost_id,
    cost_source,
    source_record_id,
    'month' as period_type,
    period_start_date,
    {{ periods_ago("'month'", 'period_start_date') }} as periods_ago,
    category,
    channel,
    campaign_id,
    currency_code,
    is_currency_assumed,
    amount,
    amount_usd,
    has_missing_rate,
    not_counted_because is null as is_counted,
    not_counted_because
from final
