-- Grain: one row per field, value and day by whose rules it is judged: what links and systems wrote.
-- has_register: somebody registers such values. A MAP or a CRM, or the seed campaign_register, holds campaigns of any
-- channel, an ad platform those of its channels; where no extract of them arrived nothing can be missing from them.
with

tags as (select * from {{ ref('int_session_tags') }}),

form_tags as (select * from {{ ref('int_form_tags') }}),

campaigns as (select * from {{ ref('int_campaigns_united') }}),

campaign_register as (select * from {{ ref('campaign_register') }}),

roles as (select * from {{ ref('int_system_roles') }}),

traffic as (select * from {{ ref('int_traffic_channels') }}),

ad_channels as (select * from {{ ref('ad_campaign_channels') }}),

campaign_fields as (select * from {{ ref('int_campaign_fields') }}),

united as (
    select field, value, judged_on from tags
    union
    select field, value, judged_on from campaign_fields
    union
    select 'form', value, judged_on from form_tags
),

registers as (
    select count(*) as register_count
    from (
        select campaigns.campaign_id
        from campaigns
        inner join roles on campaigns.system = roles.system and roles.system_role in ('map', 'crm')
        union all
        select campaign_name from campaign_register
    ) as registered
),

platforms as (select distinct system from campaigns),

of_ad_platforms as (
    select distinct traffic.tagged_campaign
    from traffic
    inner join ad_channels on traffic.channel = ad_channels.channel
    inner join platforms on ad_channels.ad_platform = platforms.system
)

select
    united.field,
    united.value,
    united.judged_on,
    united.field <> 'utm_campaign' or registers.register_count > 0 or of_ad_platforms.tagged_campaign is not null
        as has_register
from united
cross join registers
left join of_ad_platforms on {{ campaign_value('united.value') }} = of_ad_platforms.tagged_campaign
