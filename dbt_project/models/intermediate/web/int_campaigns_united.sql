-- Grain: one row per campaign of any system, and per UTM campaign that only the web and e-mail links know.
-- canonical_campaign_id names one campaign per effort: a Marketo program is its Salesforce campaign, and campaigns of
-- one name are one, in the order Salesforce, Marketo, ad platforms.
with

salesforce_campaigns as (select * from {{ ref('stg_salesforce__campaigns') }}),

marketo_programs as (select * from {{ ref('stg_marketo__programs') }}),

google_campaigns as (select * from {{ ref('stg_google_ads__campaigns') }}),

linkedin_campaigns as (select * from {{ ref('stg_linkedin_ads__campaigns') }}),

meta_campaigns as (select * from {{ ref('stg_meta_ads__campaigns') }}),

traffic as (select * from {{ ref('int_traffic_channels') }}),

delivered as (
    select
        'salesforce' as system, campaign_id as source_campaign_id, campaign_name, campaign_type, status,
        cast(null as string) as linked_campaign_id, start_date, end_date, coalesce(is_deleted, false) as is_deleted,
        1 as system_order
    from salesforce_campaigns
    union all
    select
        'marketo', cast(program_id as string), program_name, coalesce(channel, program_type), status,
        'salesforce:' || salesforce_campaign_id, start_date, end_date, coalesce(is_deleted, false), 2
    from marketo_programs
    union all
    select
        'google_ads', cast(ad_campaign_id as string), ad_campaign_name, campaign_type, status,
        cast(null as string), cast(null as date), cast(null as date), false, 3
    from google_campaigns
    union all
    select
        'linkedin_ads', cast(ad_campaign_id as string), ad_campaign_name, 'Paid Social', status,
        cast(null as string), cast(created_at as date), cast(null as date), false, 4
    from linkedin_campaigns
    union all
    select
        'meta_ads', cast(ad_campaign_id as string), ad_campaign_name, 'Paid Social', status,
        cast(null as string), cast(null as date), cast(null as date), false, 5
    from meta_campaigns
),

named as (
    select *, {{ normalize_text('campaign_name') }} as utm_campaign
    from delivered
),

web_only as (
    select distinct traffic.campaign as utm_campaign
    from traffic
    left join named on traffic.campaign = named.utm_campaign
    where traffic.campaign is not null and named.utm_campaign is null
),

united as (
    select
        system || ':' || source_campaign_id as campaign_id, system, source_campaign_id, campaign_name, campaign_type,
        status, linked_campaign_id, start_date, end_date, is_deleted, system_order, utm_campaign
    from named
    union all
    select
        'web:' || utm_campaign as campaign_id, 'web' as system, utm_campaign as source_campaign_id,
        utm_campaign as campaign_name, cast(null as string) as campaign_type, cast(null as string) as status,
        cast(null as string) as linked_campaign_id, cast(null as date) as start_date, cast(null as date) as end_date,
        false as is_deleted, 6 as system_order, utm_campaign
    from web_only
),

ranked as (
    select
        *,
        first_value(campaign_id) over (
            partition by utm_campaign
            order by case when is_deleted then 2 else 1 end, system_order, campaign_id
            rows between unbounded preceding and unbounded following
        ) as first_of_name
    from united
),

final as (
    select
        ranked.campaign_id,
        ranked.system,
        ranked.source_campaign_id,
        ranked.campaign_name,
        ranked.campaign_type,
        ranked.status,
        ranked.start_date,
        ranked.end_date,
        ranked.is_deleted,
        ranked.utm_campaign,
        case
            when linked.campaign_id is not null then linked.campaign_id
            when ranked.system = 'salesforce' or ranked.utm_campaign is null then ranked.campaign_id
            else ranked.first_of_name
        end as canonical_campaign_id,
        ranked.campaign_id = ranked.first_of_name and ranked.utm_campaign is not null as is_first_of_name
    from ranked
    left join united as linked on ranked.linked_campaign_id = linked.campaign_id
)

select * from final
