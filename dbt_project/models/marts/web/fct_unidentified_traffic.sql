-- Grain: one row per reporting date, system and traffic source of events without a web client.
with

traffic as (select * from {{ ref('int_web_clientless') }}),

channels as (select * from {{ ref('int_traffic_channels') }}),

campaigns as (select * from {{ ref('int_utm_campaigns') }}),

final as (
    select
        {{ hash_key(['traffic.system', 'traffic.traffic_date', 'traffic.traffic_key']) }} as traffic_id,
        traffic.system,
        traffic.traffic_date,
        {{ mask_emails('channels.source') }} as source,
        {{ mask_emails('channels.medium') }} as medium,
        {{ mask_emails('coalesce(channels.campaign, traffic.campaign)') }} as campaign,
        {{ or_unknown('campaigns.campaign_id') }} as campaign_id,
        traffic.click_id_type,
        traffic.referrer_host,
        channels.channel,
        cast(traffic.visit_count as bigint) as visit_count,
        cast(traffic.event_count as bigint) as event_count,
        cast(traffic.page_view_count as bigint) as page_view_count,
        cast(traffic.conversion_count as bigint) as conversion_count
    from traffic
    left join channels
        on traffic.traffic_key = channels.traffic_key and {{ holds_on('channels', 'traffic.traffic_date') }}
    left join campaigns on coalesce(channels.campaign, traffic.campaign) = campaigns.utm_campaign
)

select * from final
