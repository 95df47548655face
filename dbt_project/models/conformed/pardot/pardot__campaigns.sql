-- Grain: one row per campaign.
with

campaigns as (select * from {{ ref('stg_pardot__campaigns') }} where is_newest)

select
    'pardot:' || cast(campaign_id as string) as campaign_id,
    cast(campaign_id as string) as source_campaign_id,
    campaign_name,
    'salesforce:' || salesforce_campaign_id as linked_campaign_id,
    is_deleted
from campaigns
