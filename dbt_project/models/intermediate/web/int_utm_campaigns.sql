-- Grain: one row per spelling of a campaign in links: its name, or the id that its ad platform writes in its place.
with

campaigns as (select * from {{ ref('int_campaigns_united') }}),

named as (
    select
        utm_campaign,
        canonical_campaign_id as campaign_id
    from campaigns
    where is_first_of_name
),

numbered as (
    select
        campaigns.source_campaign_id as utm_campaign,
        min_by(campaigns.canonical_campaign_id, campaigns.campaign_id) as campaign_id
    from campaigns
    left join named on campaigns.source_campaign_id = named.utm_campaign
    where campaigns.is_known_by_id and named.utm_campaign is null
    group by campaigns.source_campaign_id
)

select * from named
union all
select * from numbered
