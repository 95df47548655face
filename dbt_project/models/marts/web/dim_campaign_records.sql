-- Grain: one row per campaign record of any system, per UTM campaign only seen on links, per campaign only named.
with

campaigns as (select * from {{ ref('int_campaigns_resolved') }})

select
    campaign_record_id,
    campaign_id,
    system,
    source_campaign_id,
    {{ mask_emails('campaign_name') }} as campaign_name,
    campaign_type,
    status,
    {{ mask_emails('utm_campaign') }} as utm_campaign,
    start_date,
    end_date,
    is_deleted,
    is_delivered
from campaigns
