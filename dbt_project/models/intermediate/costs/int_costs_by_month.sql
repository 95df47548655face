-- Grain: one row per cost or budget beside ad spend, and month that it is of.
-- What a campaign that still runs has cost until today is of its days until today; its budget is of all its days.
{%- set cost = 'cost_source, source_record_id' %}
with

campaign_costs as (select * from {{ ref('campaign_costs') }}),

campaigns as (select * from {{ ref('int_campaigns_resolved') }}),

utm_campaigns as (select * from {{ ref('int_utm_campaigns') }}),

marketing_costs as (select * from {{ ref('marketing_costs') }}),

campaign_register as (select * from {{ ref('campaign_register') }}),

cost_sources as (select * from {{ ref('cost_sources') }}),

system_currencies as (select * from {{ ref('system_currencies') }}),

corporate_currency as (select * from {{ ref('int_corporate_currency') }}),

currency_rates as (select * from {{ ref('int_currency_rates') }}),

versions as (
    select
        *,
        case when end_date >= start_date then end_date else start_date end as last_date,
        row_number() over (partition by campaign_name order by valid_from desc) as version_order
    from campaign_register
    where valid_from <= {{ reporting_date(as_of()) }}
),

-- A row that is registered later replaces the earlier ones that share days with it, and stands beside the others.
replaced as (
    select distinct
        versions.campaign_name,
        versions.valid_from
    from versions
    inner join versions as later
        on
            versions.campaign_name = later.campaign_name
            and versions.valid_from < later.valid_from
            and versions.last_date >= later.start_date
            and versions.start_date <= later.last_date
),

-- From the day on which a row holds no longer its budget is none.
registered as (
    select
        versions.campaign_name
        || case when versions.version_order > 1 then ':' || cast(versions.start_date as string) else '' end
            as budget_id,
        versions.campaign_name,
        versions.channel,
        versions.start_date,
        case
            when versions.valid_to <= versions.last_date then {{ days_after('versions.valid_to', -1) }}
            else versions.last_date
        end as end_date,
        case
            when versions.valid_to <= versions.last_date
                then
                    cast(round(
                        cast(versions.budget_amount as double)
                        * {{ days_between(
                            'cast(versions.start_date as timestamp)', 'cast(versions.valid_to as timestamp)'
                        ) }}
                        / ({{ days_between(
                            'cast(versions.start_date as timestamp)', 'cast(versions.last_date as timestamp)'
                        ) }} + 1), 2
                    ) as decimal(18, 2))
            else versions.budget_amount
        end as budget_amount,
        versions.currency_code
    from versions
    left join replaced on versions.campaign_name = replaced.campaign_name and versions.valid_from = replaced.valid_from
    where replaced.campaign_name is null and (versions.valid_to is null or versions.valid_to > versions.start_date)
),

told as (
    select
        campaign_costs.cost_source,
        campaign_costs.cost_kind,
        campaign_costs.system || ':' || campaign_costs.cost_id as source_record_id,
        campaign_costs.system,
        cast(null as string) as category,
        cast(null as string) as channel,
        campaigns.campaign_id,
        campaign_costs.start_date,
        case
            when campaign_costs.cost_kind = 'actual' and campaign_costs.end_date > {{ reporting_date(as_of()) }}
                then greatest(campaign_costs.start_date, {{ reporting_date(as_of()) }})
            else campaign_costs.end_date
        end as end_date,
        campaign_costs.amount,
        campaign_costs.currency_code
    from campaign_costs
    left join campaigns on campaign_costs.campaign_id = campaigns.campaign_record_id
    union all
    select
        'declared' as cost_source,
        marketing_costs.kind as cost_kind,
        marketing_costs.cost_id as source_record_id,
        cast(null as string) as system,
        marketing_costs.category,
        marketing_costs.channel,
        utm_campaigns.campaign_id,
        {{ month_start('marketing_costs.period_month') }} as start_date,
        {{ month_start('marketing_costs.period_month') }} as end_date,
        marketing_costs.amount,
        marketing_costs.currency_code
    from marketing_costs
    left join utm_campaigns on marketing_costs.campaign = utm_campaigns.utm_campaign
    union all
    select
        'campaign_register' as cost_source,
        'budget' as cost_kind,
        registered.budget_id as source_record_id,
        cast(null as string) as system,
        cast(null as string) as category,
        registered.channel,
        utm_campaigns.campaign_id,
        registered.start_date,
        registered.end_date,
        registered.budget_amount as amount,
        registered.currency_code
    from registered
    left join utm_campaigns on registered.campaign_name = utm_campaigns.utm_campaign
    where registered.budget_amount <> 0
),

-- A record without a currency has its system's, as declared, else the company's. What would be spread over more than
-- ten years is of a mistyped day: it stays in the month of the first.
priced as (
    select
        told.*,
        case
            when {{ days_between('cast(told.start_date as timestamp)', 'cast(told.end_date as timestamp)') }} > 3660
                then told.start_date
            else told.end_date
        end as last_date,
        case when told.amount < 0 then -1 else 1 end as sign,
        cast(abs(told.amount) * 100 as bigint) as cents,
        told.currency_code is null as is_currency_assumed,
        coalesce(
            told.currency_code,
            case when system_currencies.currency_code <> 'reporting' then upper(system_currencies.currency_code) end,
            case when system_currencies.currency_code is null then corporate_currency.currency_code end,
            '{{ var("reporting_currency") }}'
        ) as cost_currency
    from told
    left join system_currencies on told.system = system_currencies.system
    left join corporate_currency on told.system = corporate_currency.system
),

days as (
    select
        priced.*,
        cast(days.day as date) as cost_date
    from priced
    cross join {{ date_rows('priced.start_date', 'priced.last_date') }}
),

months as (
    select
        cost_source,
        cost_kind,
        source_record_id,
        {{ month_start('cost_date') }} as period_start_date,
        max(category) as category,
        max(channel) as channel,
        max(campaign_id) as campaign_id,
        min(cost_date) as first_cost_date,
        max(cost_currency) as currency_code,
        max(sign) as sign,
        max(cents) as cents,
        count(*) as day_count,
        is_currency_assumed
    from days
    group by cost_source, cost_kind, source_record_id, {{ month_start('cost_date') }}, is_currency_assumed
),

counted as (
    select
        *,
        cast(sum(day_count) over (partition by {{ cost }}) as bigint) as all_day_count
    from months
),

divided as (
    select
        *,
        {{ whole_times('(cents * day_count)', 'all_day_count') }} as whole_cents,
        cents * day_count % all_day_count as remainder
    from counted
),

dealt as (
    select
        *,
        {{ largest_remainder('whole_cents', 'remainder', 'cents', cost, 'period_start_date') }} as month_cents
    from divided
)

select
    dealt.cost_source,
    dealt.cost_kind,
    dealt.source_record_id,
    dealt.period_start_date,
    coalesce(dealt.category, cost_sources.category) as category,
    dealt.channel,
    {{ or_unknown('dealt.campaign_id') }} as campaign_id,
    cast(dealt.month_cents * dealt.sign * cast(0.01 as decimal(3, 2)) as decimal(18, 2)) as amount,
    dealt.currency_code,
    dealt.is_currency_assumed,
    cast(
        round(dealt.month_cents * dealt.sign * currency_rates.reporting_rate / 100, 2) as decimal(18, 2)
    ) as amount_usd,
    currency_rates.reporting_rate is null as has_missing_rate
from dealt
inner join cost_sources on dealt.cost_source = cost_sources.cost_source
left join currency_rates
    on
        dealt.currency_code = currency_rates.currency_code
        and dealt.first_cost_date >= currency_rates.start_date
        and dealt.first_cost_date < currency_rates.end_date
