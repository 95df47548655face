-- Grain: one row per campaign, whichever systems hold a record of it, and one each for unknown and unattributed.
with

campaigns as (select * from {{ ref('int_campaigns_resolved') }}),

touchpoints as (select * from {{ ref('int_touchpoints_united') }}),

campaign_type_channels as (select * from {{ ref('campaign_type_channels') }}),

record_counts as (
    select
        campaign_id,
        count(*) as record_count,
        max(case when is_delivered then 1 else 0 end) = 1 as has_delivered_record,
        min(ad_channel) as ad_channel
    from campaigns
    group by campaign_id
),

channel_counts as (
    select
        campaigns.campaign_id,
        touchpoints.channel,
        count(*) as touchpoint_count
    from touchpoints
    inner join campaigns on touchpoints.campaign_id = campaigns.campaign_record_id
    group by campaigns.campaign_id, touchpoints.channel
),

channels_ranked as (
    select
        *,
        row_number() over (partition by campaign_id order by touchpoint_count desc, channel asc) as channel_rank
    from channel_counts
)

select
    campaigns.campaign_id,
    campaigns.system,
    campaigns.source_campaign_id,
    {{ mask_emails('campaigns.campaign_name') }} as campaign_name,
    campaigns.campaign_type,
    campaigns.status,
    {{ mask_emails('campaigns.utm_campaign') }} as utm_campaign,
    coalesce(channels_ranked.channel, record_counts.ad_channel, campaign_type_channels.channel, 'unknown') as channel,
    campaigns.start_date,
    campaigns.end_date,
    campaigns.is_deleted,
    record_counts.has_delivered_record,
    cast(record_counts.record_count as bigint) as record_count
from campaigns
inner join record_counts on campaigns.campaign_id = record_counts.campaign_id
left join channels_ranked
    on campaigns.campaign_id = channels_ranked.campaign_id and channels_ranked.channel_rank = 1
left join campaign_type_channels on lower(trim(campaigns.campaign_type)) = campaign_type_channels.campaign_type
where campaigns.campaign_record_id = campaigns.campaign_id
{% for member, label in [('unknown', 'No campaign known'), ('unattributed', 'No eligible touch')] %}
    union all
    select
        '{{ member }}' as campaign_id,
        '{{ member }}' as system,
        cast(null as string) as source_campaign_id,
        '{{ label }}' as campaign_name,
        cast(null as string) as campaign_type,
        cast(null as string) as status,
        cast(null as string) as utm_campaign,
        '{{ member }}' as channel,
        cast(null as date) as start_date,
        cast(null as date) as end_date,
        false as is_deleted,
        false as has_delivered_record,
        cast(0 as bigint) as record_count
{% endfor %}
