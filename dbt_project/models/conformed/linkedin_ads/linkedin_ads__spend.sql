-- Grain: one row per campaign and day. Where only the dollars are told that LinkedIn reckons, the cost is in dollars.
with

stats as (select * from {{ ref('stg_linkedin_ads__campaign_stats') }}),

campaigns as (select * from {{ ref('stg_linkedin_ads__campaigns') }} where is_newest),

accounts as (select * from {{ ref('stg_linkedin_ads__accounts') }})

select
    {{ hash_key(['stats.ad_campaign_id', 'stats.spend_date']) }} as spend_line_id,
    cast(campaigns.ad_account_id as string) as ad_account_id,
    cast(stats.ad_campaign_id as string) as ad_campaign_id,
    stats.spend_date,
    campaigns.ad_campaign_name,
    case
        when stats.cost_amount is null and stats.cost_usd_reported is not null then 'USD'
        else upper(coalesce(stats.currency_code, accounts.currency_code))
    end as currency_code,
    stats.impression_count,
    stats.click_count,
    coalesce(stats.cost_amount, stats.cost_usd_reported) as cost_amount,
    stats.cost_usd_reported as reported_usd
from stats
left join campaigns on stats.ad_campaign_id = campaigns.ad_campaign_id
left join accounts on campaigns.ad_account_id = accounts.ad_account_id
where not coalesce(stats.is_deleted, false)
