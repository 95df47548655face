-- Grain: one row per campaign.
with

campaigns as (select * from {{ ref('stg_salesforce__campaigns') }} where is_newest)

select
    'salesforce:' || campaign_id as campaign_id,
    campaign_id as source_campaign_id,
    campaign_name,
    campaign_type,
    status,
    start_date,
    end_date,
    is_deleted
from campaigns
