-- Grain: one row per ad platform, account, campaign and day.
with

spend as (select * from {{ ref('spend') }}),

currency_rates as (select * from {{ ref('int_currency_rates') }}),

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
