-- Grain: one row per campaign record of any system, delivered or only named by a fact, with the campaign it belongs to.
with

campaigns as (select * from {{ ref('int_campaigns_united') }}),

spend as (select * from {{ ref('spend') }}),

ad_campaign_channels as (select * from {{ ref('ad_campaign_channels') }}),

named as (
    select
        system || ':' || {{ or_unknown('ad_campaign_id') }} as campaign_id,
        system,
        max(campaign_type) as campaign_type
    from spend
    group by system, ad_campaign_id
    union all
    select campaign_id, {{ split_part('campaign_id', ':', 1) }}, cast(null as string)
    from {{ ref('int_opportunities_united') }}
    union all
    select campaign_id, {{ split_part('campaign_id', ':', 1) }}, cast(null as string)
    from {{ ref('int_touchpoints_united') }}
),

only_named as (
    select
        named.campaign_id,
        min(named.system) as system,
        max(named.campaign_type) as campaign_type
    from named
    left join campaigns on named.campaign_id = campaigns.campaign_id
    where named.campaign_id is not null and campaigns.campaign_id is null
    group by named.campaign_id
),

-- A link's campaign that no system holds was delivered by none.
records as (
    select
        campaigns.campaign_id as campaign_record_id,
        campaigns.canonical_campaign_id as campaign_id,
        campaigns.system,
        campaigns.source_campaign_id,
        campaigns.campaign_name,
        campaigns.campaign_type,
        campaigns.status,
        campaigns.utm_campaign,
        campaigns.is_first_of_name,
        campaigns.start_date,
        campaigns.end_date,
        campaigns.is_deleted,
        campaigns.system <> 'web' as is_delivered
    from campaigns
    union all
    select
        campaign_id as campaign_record_id,
        case when campaign_id = system || ':unknown' then 'unknown' else campaign_id end as campaign_id,
        system,
        substr(campaign_id, length(system) + 2) as source_campaign_id,
        cast(null as string) as campaign_name,
        campaign_type,
        cast(null as string) as status,
        cast(null as string) as utm_campaign,
        false as is_first_of_name,
        cast(null as date) as start_date,
        cast(null as date) as end_date,
        false as is_deleted,
        false as is_delivered
    from only_named
),

platforms as (select distinct ad_platform from ad_campaign_channels)

select
    records.*,
    case
        when platforms.ad_platform is not null
            then coalesce(
                exact.channel,
                any_type.channel,
                case when records.campaign_type is not null then 'Unassigned' else 'unknown' end
            )
    end as ad_channel
from records
left join platforms on records.system = platforms.ad_platform
left join ad_campaign_channels as exact
    on records.system = exact.ad_platform and upper(trim(records.campaign_type)) = exact.campaign_type
left join ad_campaign_channels as any_type
    on records.system = any_type.ad_platform and any_type.campaign_type = '*'
