-- Grain: one row per campaign.
with

campaigns as (select * from {{ ref('stg_google_ads__campaigns') }} where is_newest)

select
    'google_ads:' || cast(ad_campaign_id as string) as campaign_id,
    cast(ad_campaign_id as string) as source_campaign_id,
    ad_campaign_name as campaign_name,
    campaign_type,
    status
from campaigns
