-- Grain: one row per spelling of a campaign in links: its name, the id that its ad platform writes in its place, or a
-- name that it had. A name that another has today is that one's; of several that had it the last counts.
with

campaigns as (select * from {{ ref('int_campaigns_united') }}),

campaign_names as (select * from {{ ref('campaign_names') }}),

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
),

told as (
    select * from named
    union all
    select * from numbered
),

had as (
    select
        {{ normalize_text('campaign_names.campaign_name') }} as utm_campaign,
        campaigns.canonical_campaign_id as campaign_id,
        row_number() over (
            partition by {{ normalize_text('campaign_names.campaign_name') }}
            order by campaign_names.named_at desc, campaigns.campaign_id asc
        ) as name_order
    from campaign_names
    inner join campaigns on campaign_names.campaign_id = campaigns.campaign_id
)

select * from told
union all
select
    had.utm_campaign,
    had.campaign_id
from had
left join told on had.utm_campaign = told.utm_campaign
where had.name_order = 1 and told.utm_campaign is null and had.utm_campaign is not null
