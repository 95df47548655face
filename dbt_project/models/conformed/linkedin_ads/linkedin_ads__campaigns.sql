-- Grain: one row per campaign.
with

campaigns as (select * from {{ ref('stg_linkedin_ads__campaigns') }} where is_newest)

select
    'linkedin_ads:' || cast(ad_campaign_id as string) as campaign_id,
    cast(ad_campaign_id as string) as source_campaign_id,
    ad_campaign_name as campaign_name,
    'Paid Social' as campaign_type,
    status,
    {{ reporting_date('created_at') }} as start_date
from campaigns
