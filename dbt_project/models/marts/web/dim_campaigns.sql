-- Grain: one row per campaign of any system, and per UTM campaign only seen on links.
with

campaigns as (select * from {{ ref('int_campaigns_united') }}),

touchpoints as (select * from {{ ref('int_touchpoints_united') }}),

channel_counts as (
    select campaign_id, channel, count(*) as touchpoint_count, min(touchpoint_at) as first_touch_at
    from touchpoints
    where campaign_id is not null
    group by campaign_id, channel
),

channels_ranked as (
    select
        *,
        row_number() over (partition by campaign_id order by touchpoint_count desc, channel asc) as channel_rank
    from channel_counts
),

final as (
    select
        campaigns.campaign_id,
        campaigns.canonical_campaign_id,
        campaigns.system,
        campaigns.source_campaign_id,
        {{ mask_emails('campaigns.campaign_name') }} as campaign_name,
        campaigns.campaign_type,
        campaigns.status,
        {{ mask_emails('campaigns.utm_campaign') }} as utm_campaign,
        channels_ranked.channel,
        campaigns.start_date,
        campaigns.end_date,
        campaigns.is_deleted
    from campaigns
    left join channels_ranked
        on campaigns.canonical_campaign_id = channels_ranked.campaign_id and channels_ranked.channel_rank = 1
)

select * from final
