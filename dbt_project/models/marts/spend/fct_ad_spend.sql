-- Grain: one row per ad platform, account, campaign and day.
with

spend as (select * from {{ ref('spend') }}),

system_currencies as (select * from {{ ref('system_currencies') }}),

currency_rates as (select * from {{ ref('int_currency_rates') }}),

campaigns as (select * from {{ ref('int_campaigns_resolved') }}),

daily as (
    select
        system as ad_platform,
        coalesce(ad_account_id, 'unknown') as ad_account_id,
        coalesce(ad_campaign_id, 'unknown') as ad_campaign_id,
        spend_date,
        max(ad_campaign_name) as ad_campaign_name,
        max(campaign_type) as campaign_type,
        max(currency_code) as currency_code,
        sum(coalesce(impression_count, 0)) as impression_count,
        sum(coalesce(click_count, 0)) as click_count,
        cast(sum(coalesce(cost_amount, 0)) as decimal(18, 6)) as amount,
        cast(sum(reported_usd) as decimal(18, 6)) as reported_usd
    from spend
    group by system, coalesce(ad_account_id, 'unknown'), coalesce(ad_campaign_id, 'unknown'), spend_date
),

-- An account that was never delivered has the currency that its platform is declared to have.
priced as (
    select
        daily.ad_platform,
        daily.ad_account_id,
        daily.ad_campaign_id,
        daily.spend_date,
        daily.ad_campaign_name,
        daily.campaign_type,
        coalesce(
            daily.currency_code,
            case
                when system_currencies.currency_code = 'reporting' then '{{ var("reporting_currency") }}'
                else upper(system_currencies.currency_code)
            end
        ) as currency_code,
        daily.currency_code is null and system_currencies.currency_code is not null as is_currency_assumed,
        daily.impression_count,
        daily.click_count,
        daily.amount,
        daily.reported_usd
    from daily
    left join system_currencies on daily.ad_platform = system_currencies.system
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
