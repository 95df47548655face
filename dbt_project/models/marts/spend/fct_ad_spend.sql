-- Grain: one row per ad platform, account, campaign and day.
with

google_stats as (select * from {{ ref('stg_google_ads__campaign_stats') }}),

google_campaigns as (select * from {{ ref('stg_google_ads__campaigns') }}),

google_accounts as (select * from {{ ref('stg_google_ads__accounts') }}),

linkedin_stats as (select * from {{ ref('stg_linkedin_ads__campaign_stats') }}),

linkedin_campaigns as (select * from {{ ref('stg_linkedin_ads__campaigns') }}),

linkedin_accounts as (select * from {{ ref('stg_linkedin_ads__accounts') }}),

meta_stats as (select * from {{ ref('stg_meta_ads__ad_stats') }}),

meta_ads as (select * from {{ ref('stg_meta_ads__ads') }}),

meta_campaigns as (select * from {{ ref('stg_meta_ads__campaigns') }}),

meta_accounts as (select * from {{ ref('stg_meta_ads__accounts') }}),

currency_rates as (select * from {{ ref('int_currency_rates') }}),

-- Statistics lead: a campaign, ad or account that was never delivered must not take its spend with it.
united as (
    select
        'google_ads' as ad_platform,
        stats.ad_account_id,
        stats.ad_campaign_id,
        stats.spend_date,
        campaigns.ad_campaign_name,
        campaigns.campaign_type,
        accounts.currency_code,
        stats.impression_count,
        stats.click_count,
        cast(stats.cost_micros as decimal(18, 0)) * cast(0.000001 as decimal(7, 6)) as cost_amount,
        cast(null as decimal(18, 6)) as reported_usd
    from google_stats as stats
    left join google_campaigns as campaigns on stats.ad_campaign_id = campaigns.ad_campaign_id
    left join google_accounts as accounts on stats.ad_account_id = accounts.ad_account_id
    union all
    select
        'linkedin_ads',
        campaigns.ad_account_id,
        stats.ad_campaign_id,
        stats.spend_date,
        campaigns.ad_campaign_name,
        cast(null as string),
        accounts.currency_code,
        stats.impression_count,
        stats.click_count,
        stats.cost_amount,
        stats.cost_usd_reported
    from linkedin_stats as stats
    left join linkedin_campaigns as campaigns on stats.ad_campaign_id = campaigns.ad_campaign_id
    left join linkedin_accounts as accounts on campaigns.ad_account_id = accounts.ad_account_id
    union all
    select
        'meta_ads',
        coalesce(stats.ad_account_id, ads.ad_account_id),
        coalesce(stats.ad_campaign_id, ads.ad_campaign_id),
        stats.spend_date,
        campaigns.ad_campaign_name,
        cast(null as string),
        accounts.currency_code,
        stats.impression_count,
        stats.click_count,
        stats.cost_amount,
        cast(null as decimal(18, 6))
    from meta_stats as stats
    left join meta_ads as ads on stats.ad_id = ads.ad_id
    left join meta_campaigns as campaigns
        on coalesce(stats.ad_campaign_id, ads.ad_campaign_id) = campaigns.ad_campaign_id
    left join meta_accounts as accounts on coalesce(stats.ad_account_id, ads.ad_account_id) = accounts.ad_account_id
),

daily as (
    select
        ad_platform,
        coalesce(cast(ad_account_id as string), 'unknown') as ad_account_id,
        coalesce(cast(ad_campaign_id as string), 'unknown') as ad_campaign_id,
        spend_date,
        max(ad_campaign_name) as ad_campaign_name,
        max(campaign_type) as campaign_type,
        max(upper(currency_code)) as currency_code,
        sum(coalesce(impression_count, 0)) as impression_count,
        sum(coalesce(click_count, 0)) as click_count,
        cast(sum(coalesce(cost_amount, 0)) as decimal(18, 6)) as amount,
        cast(sum(reported_usd) as decimal(18, 6)) as reported_usd
    from united
    group by
        ad_platform,
        coalesce(cast(ad_account_id as string), 'unknown'),
        coalesce(cast(ad_campaign_id as string), 'unknown'),
        spend_date
),

-- LinkedIn reports dollars of its own, which stand in where we have no rate.
converted as (
    select
        daily.*,
        cast(coalesce(
            round(cast(daily.amount as double) * currency_rates.reporting_rate, 6)
            {%- if var('reporting_currency') == 'USD' %}
                ,
                cast(daily.reported_usd as double)
            {%- endif %}
        ) as decimal(18, 6)) as amount_usd
    from daily
    left join currency_rates
        on
            daily.currency_code = currency_rates.currency_code
            and daily.spend_date >= currency_rates.start_date
            and daily.spend_date < currency_rates.end_date
)

select
    ad_platform,
    ad_account_id,
    ad_campaign_id,
    ad_platform || ':' || ad_campaign_id as campaign_id,
    {{ safe_text(mask_emails('ad_campaign_name')) }} as ad_campaign_name,
    campaign_type,
    ad_campaign_name is not null as has_campaign_record,
    spend_date,
    currency_code,
    amount,
    amount_usd,
    amount_usd is null as has_missing_rate,
    cast(impression_count as bigint) as impression_count,
    cast(click_count as bigint) as click_count
from converted
