-- Grain: one row per campaign, day, device and network.
-- Statistics lead: a campaign or account that was never delivered must not take its spend with it.
with

stats as (select * from {{ ref('stg_google_ads__campaign_stats') }}),

campaigns as (select * from {{ ref('stg_google_ads__campaigns') }} where is_newest),

accounts as (select * from {{ ref('stg_google_ads__accounts') }})

select
    {{ hash_key([
        'stats.ad_campaign_id', 'stats.spend_date', 'stats.device', 'stats.ad_network_type'
    ]) }} as spend_line_id,
    cast(stats.ad_account_id as string) as ad_account_id,
    cast(stats.ad_campaign_id as string) as ad_campaign_id,
    stats.spend_date,
    campaigns.ad_campaign_name,
    campaigns.campaign_type,
    upper(coalesce(stats.currency_code, accounts.currency_code)) as currency_code,
    stats.impression_count,
    stats.click_count,
    coalesce(
        cast(stats.cost_micros as decimal(18, 0)) * cast(0.000001 as decimal(7, 6)), stats.cost_amount
    ) as cost_amount
from stats
left join campaigns on stats.ad_campaign_id = campaigns.ad_campaign_id
left join accounts on stats.ad_account_id = accounts.ad_account_id
where not coalesce(stats.is_deleted, false)
