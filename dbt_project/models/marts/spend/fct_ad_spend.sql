-- Grain: one row per ad platform, account, campaign, day and currency, and whether that is only assumed.
with

spend as (select * from {{ ref('spend') }}),

system_currencies as (select * from {{ ref('system_currencies') }}),

currency_rates as (select * from {{ ref('int_currency_rates') }}),

campaigns as (select * from {{ ref('int_campaigns_resolved') }}),

lines as (
    select
        *,
        system as ad_platform,
        coalesce(ad_account_id, 'unknown') as account_id,
        coalesce(ad_campaign_id, 'unknown') as spent_on,
        min(currency_code) over (partition by system, ad_account_id, ad_campaign_id) as campaign_currency,
        max(currency_code) over (partition by system, ad_account_id, ad_campaign_id) as other_campaign_currency,
        min(currency_code) over (partition by system, ad_account_id) as account_currency,
        max(currency_code) over (partition by system, ad_account_id) as other_account_currency
    from spend
),

-- Amounts of two currencies never add up. A line that tells none has the one that the others of its campaign or account
-- have, else the one that its platform is declared to have.
told as (
    select
        lines.*,
        coalesce(
            lines.currency_code,
            case
                when lines.ad_campaign_id is not null and lines.campaign_currency = lines.other_campaign_currency
                    then lines.campaign_currency
            end,
            case
                when lines.ad_account_id is not null and lines.account_currency = lines.other_account_currency
                    then lines.account_currency
            end
        ) as told_currency,
        case
            when system_currencies.currency_code = 'reporting' then '{{ var("reporting_currency") }}'
            else upper(system_currencies.currency_code)
        end as assumed_currency
    from lines
    left join system_currencies on lines.system = system_currencies.system
),

priced as (
    select
        ad_platform,
        account_id as ad_account_id,
        spent_on as ad_campaign_id,
        spend_date,
        max(ad_campaign_name) as ad_campaign_name,
        max(campaign_type) as campaign_type,
        coalesce(told_currency, assumed_currency) as currency_code,
        told_currency is null and assumed_currency is not null as is_currency_assumed,
        sum(coalesce(impression_count, 0)) as impression_count,
        sum(coalesce(click_count, 0)) as click_count,
        cast(sum(coalesce(cost_amount, 0)) as decimal(18, 6)) as amount,
        cast(sum(reported_usd) as decimal(18, 6)) as reported_usd
    from told
    group by ad_platform, account_id, spent_on, spend_date, told_currency, assumed_currency
),

-- What a platform reckons in dollars itself stands in where we have no rate, before a currency that is only assumed.
converted as (
    select
        priced.*,
        cast(coalesce(
            case
                when not priced.is_currency_assumed
                    then round(cast(priced.amount as double) * currency_rates.reporting_rate, 6)
            end,
            {%- if var('reporting_currency') == 'USD' %}
                cast(priced.reported_usd as double),
            {%- endif %}
            round(cast(priced.amount as double) * currency_rates.reporting_rate, 6)
        ) as decimal(18, 6)) as amount_usd
    from priced
    left join currency_rates
        on
            priced.currency_code = currency_rates.currency_code
            and priced.spend_date >= currency_rates.start_date
            and priced.spend_date < currency_rates.end_date
)

select
    converted.ad_platform,
    converted.ad_account_id,
    converted.ad_campaign_id,
    converted.ad_platform || ':' || converted.ad_campaign_id as campaign_record_id,
    {{ or_unknown('campaigns.campaign_id') }} as campaign_id,
    {{ or_unknown('campaigns.ad_channel') }} as channel,
    {{ safe_text(mask_emails('converted.ad_campaign_name')) }} as ad_campaign_name,
    converted.campaign_type,
    converted.ad_campaign_name is not null as has_campaign_record,
    converted.spend_date,
    converted.currency_code,
    converted.is_currency_assumed,
    converted.amount,
    converted.amount_usd,
    converted.amount_usd is null as has_missing_rate,
    cast(converted.impression_count as bigint) as impression_count,
    cast(converted.click_count as bigint) as click_count
from converted
left join campaigns on converted.ad_platform || ':' || converted.ad_campaign_id = campaigns.campaign_record_id
