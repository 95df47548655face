-- Grain: one row per campaign of any system, and per UTM campaign that only the web and e-mail links know; a number may
-- be an ad platform's own id of a campaign.
-- canonical_campaign_id names one campaign per effort: a program that syncs with a campaign of the CRM is that one, and
-- campaigns of one name are one, in the order CRM, marketing platform, ad platforms; a program may stand for its name
-- and itself belong to a campaign of the CRM.
with

campaigns as (select * from {{ ref('campaigns') }}),

roles as (select * from {{ ref('int_system_roles') }}),

traffic as (select * from {{ ref('int_traffic_channels') }}),

campaign_names as (select * from {{ ref('campaign_names') }}),

ordered_systems as (
    select system, min(case system_role when 'crm' then 1 when 'map' then 2 else 3 end) as system_order
    from roles
    group by system
),

ad_platforms as (select system from roles where system_role = 'ads'),

named as (
    select
        campaigns.*,
        coalesce(campaigns.is_deleted, false) as is_gone,
        coalesce(ordered_systems.system_order, 4) as system_order,
        ad_platforms.system is not null
        and {{ matches('campaigns.source_campaign_id', '^[0-9]+$') }} as is_known_by_id,
        {{ normalize_text('campaigns.campaign_name') }} as utm_campaign
    from campaigns
    left join ordered_systems on campaigns.system = ordered_systems.system
    left join ad_platforms on campaigns.system = ad_platforms.system
),

spelled as (
    select utm_campaign from named
    union
    select {{ normalize_text('campaign_name') }} from campaign_names
    union
    select source_campaign_id from named
    where is_known_by_id
),

web_only as (
    select distinct traffic.campaign as utm_campaign
    from traffic
    left join spelled on traffic.campaign = spelled.utm_campaign
    where traffic.campaign is not null and spelled.utm_campaign is null
),

united as (
    select
        campaign_id, system, source_campaign_id, campaign_name, campaign_type,
        status, linked_campaign_id, start_date, end_date, is_gone as is_deleted, system_order, utm_campaign,
        is_known_by_id
    from named
    union all
    select
        'web:' || utm_campaign as campaign_id, 'web' as system, utm_campaign as source_campaign_id,
        utm_campaign as campaign_name, cast(null as string) as campaign_type, cast(null as string) as status,
        cast(null as string) as linked_campaign_id, cast(null as date) as start_date, cast(null as date) as end_date,
        false as is_deleted, 5 as system_order, utm_campaign, false as is_known_by_id
    from web_only
),

ranked as (
    select
        *,
        first_value(campaign_id) over (
            partition by utm_campaign
            order by case when is_deleted then 2 else 1 end, system_order, system, campaign_id
            rows between unbounded preceding and unbounded following
        ) as first_of_name
    from united
),

named_once as (
    select
        ranked.*,
        case
            when linked.campaign_id is not null then linked.campaign_id
            when ranked.system_order = 1 or ranked.utm_campaign is null then ranked.campaign_id
            else ranked.first_of_name
        end as stands_for_id
    from ranked
    left join united as linked on ranked.linked_campaign_id = linked.campaign_id
),

pointers as (select campaign_id as id, stands_for_id as target from named_once),

{{ follow_pointers('pointers', 3) }}

select
    named_once.campaign_id,
    named_once.system,
    named_once.source_campaign_id,
    named_once.campaign_name,
    named_once.campaign_type,
    named_once.status,
    named_once.start_date,
    named_once.end_date,
    named_once.is_deleted,
    named_once.utm_campaign,
    named_once.is_known_by_id,
    coalesce(pointer_ends.target, named_once.campaign_id) as canonical_campaign_id,
    named_once.campaign_id = named_once.first_of_name and named_once.utm_campaign is not null as is_first_of_name
from named_once
left join pointer_ends on named_once.campaign_id = pointer_ends.id
