-- Grain: one row per category or campaign, and month.
with

paid as (
    select * from {{ ref('fct_marketing_costs') }}
    where is_counted or not_counted_because = 'no_rate'
),

budgets as (select * from {{ ref('int_costs_by_month') }} where cost_kind = 'budget'),

cost_sources as (select * from {{ ref('cost_sources') }}),

-- Of the sources that tell a campaign's budget, for any month, the first counts; what is of no known campaign adds up,
-- and is held against nothing: whose cost it would be nobody knows. A budget of a category alone is of no campaign.
ordered as (
    select
        budgets.*,
        first_value(budgets.cost_source) over (
            partition by budgets.campaign_id
            order by coalesce(cost_sources.budget_order, 9999) asc, budgets.cost_source asc
            rows between unbounded preceding and unbounded following
        ) as first_source
    from budgets
    inner join cost_sources on budgets.cost_source = cost_sources.cost_source
),

parts as (
    select
        'campaign' as breakdown,
        cast(null as string) as category,
        campaign_id,
        period_start_date,
        cost_source as budget_source,
        amount_usd as budget_usd,
        cast(null as decimal(18, 6)) as actual_usd,
        has_missing_rate
    from ordered
    where case when campaign_id = 'unknown' then cost_source <> 'declared' else cost_source = first_source end
    union all
    select
        'category' as breakdown,
        category,
        cast(null as string) as campaign_id,
        period_start_date,
        cost_source as budget_source,
        amount_usd as budget_usd,
        cast(null as decimal(18, 6)) as actual_usd,
        has_missing_rate
    from budgets
    where cost_source = 'declared'
    union all
    select
        'category' as breakdown,
        category,
        cast(null as string) as campaign_id,
        period_start_date,
        cast(null as string) as budget_source,
        cast(null as decimal(18, 2)) as budget_usd,
        amount_usd as actual_usd,
        has_missing_rate
    from paid
    union all
    select
        'campaign' as breakdown,
        cast(null as string) as category,
        campaign_id,
        period_start_date,
        cast(null as string) as budget_source,
        cast(null as decimal(18, 2)) as budget_usd,
        amount_usd as actual_usd,
        has_missing_rate
    from paid
),

summed as (
    select
        breakdown,
        category,
        campaign_id,
        period_start_date,
        min(budget_source) as budget_source,
        cast(sum(budget_usd) as decimal(18, 2)) as budget_usd,
        cast(sum(actual_usd) as decimal(18, 6)) as actual_usd,
        max(case when has_missing_rate then 1 else 0 end) = 1 as has_missing_rate
    from parts
    group by breakdown, category, campaign_id, period_start_date
)

select
    breakdown,
    coalesce(category, campaign_id) as breakdown_value,
    category,
    {{ or_unknown('campaign_id') }} as campaign_id,
    'month' as period_type,
    period_start_date,
    {{ periods_ago("'month'", 'period_start_date') }} as periods_ago,
    budget_source,
    budget_usd,
    actual_usd,
    cast(budget_usd - coalesce(actual_usd, 0) as decimal(18, 6)) as variance_usd,
    case when budget_usd > 0 then cast(coalesce(actual_usd, 0) as double) / cast(budget_usd as double) end
        as used_share,
    case
        when budget_usd is null then 'no_budget'
        when campaign_id = 'unknown' then 'not_compared'
        when coalesce(actual_usd, 0) > budget_usd then 'over'
        else 'within'
    end as budget_status,
    has_missing_rate
from summed
