-- Grain: one row per ad and day.
with

stats as (select * from {{ ref('stg_meta_ads__ad_stats') }}),

ads as (select * from {{ ref('stg_meta_ads__ads') }}),

campaigns as (select * from {{ ref('stg_meta_ads__campaigns') }} where is_newest),

accounts as (select * from {{ ref('stg_meta_ads__accounts') }})

select
    {{ hash_key(['stats.ad_id', 'stats.spend_date']) }} as spend_line_id,
    cast(coalesce(stats.ad_account_id, ads.ad_account_id) as string) as ad_account_id,
    cast(coalesce(stats.ad_campaign_id, ads.ad_campaign_id) as string) as ad_campaign_id,
    stats.spend_date,
    campaigns.ad_campaign_name,
    upper(coalesce(stats.currency_code, accounts.currency_code)) as currency_code,
    stats.impression_count,
    stats.click_count,
    stats.cost_amount
from stats
left join ads on stats.ad_id = ads.ad_id
left join campaigns on coalesce(stats.ad_campaign_id, ads.ad_campaign_id) = campaigns.ad_campaign_id
left join accounts on coalesce(stats.ad_account_id, ads.ad_account_id) = accounts.ad_account_id
where not coalesce(stats.is_deleted, false)
