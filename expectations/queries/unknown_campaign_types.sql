-- Grain: one row per type of campaigns that no row of seeds/campaign_type_channels.csv knows, with the row to add. Types of
-- ad platforms have channels of their own.
select
    lower(trim(campaigns.campaign_type)) as campaign_type,
    count(*) as campaign_count,
    min(campaigns.campaign_id) as example,
    lower(trim(campaigns.campaign_type)) || ',<channel>,<owner>,1900-01-01,' as row_to_add
from conformed.campaigns as campaigns
left join seeds.campaign_type_channels as known on lower(trim(campaigns.campaign_type)) = known.campaign_type
left join (select distinct ad_platform from seeds.ad_campaign_channels) as platforms
    on campaigns.system = platforms.ad_platform
where
    known.campaign_type is null and platforms.ad_platform is null
    and not coalesce(campaigns.is_deleted, false)
    and nullif(trim(campaigns.campaign_type), '') is not null
group by lower(trim(campaigns.campaign_type))
order by campaign_count desc, campaign_type
