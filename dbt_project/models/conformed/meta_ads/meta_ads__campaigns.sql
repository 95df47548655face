-- Grain: one row per campaign.
with

campaigns as (select * from {{ ref('stg_meta_ads__campaigns') }} where is_newest)

select
    'meta_ads:' || cast(ad_campaign_id as string) as campaign_id,
    cast(ad_campaign_id as string) as source_campaign_id,
    ad_campaign_name as campaign_name,
    'Paid Social' as campaign_type,
    status
from campaigns
