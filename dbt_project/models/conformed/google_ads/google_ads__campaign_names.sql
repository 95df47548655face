-- Grain: one row per campaign and name that it ever had.
select
    'google_ads:' || cast(ad_campaign_id as string) as campaign_id,
    ad_campaign_name as campaign_name,
    max(valid_from) as named_at
from {{ ref('stg_google_ads__campaigns') }}
where ad_campaign_name is not null
group by ad_campaign_id, ad_campaign_name
