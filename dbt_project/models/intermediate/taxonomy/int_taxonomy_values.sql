-- Grain: one row per field, value and day by whose rules it is judged: what links and systems wrote.
-- has_register: somebody registers such values. A MAP or a CRM, or from its first day on the seed campaign_register,
-- holds campaigns of any channel, an ad platform those of its channels; where no extract of them arrived nothing can be
-- missing from them. That seed judges no campaign of which nobody knows when it began or was seen.
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
    select field, value, judged_on, true as is_dated from tags
    union
    select field, value, judged_on, is_dated from campaign_fields
    union
    select 'form', value, judged_on, true from form_tags
),

subjects as (
    select field, value, judged_on, max(case when is_dated then 1 else 0 end) = 1 as is_dated
    from united
    group by field, value, judged_on
),

registers as (
    select min(kept_from) as kept_from
    from (
        select cast('1900-01-01' as date) as kept_from
        from campaigns
        inner join roles on campaigns.system = roles.system and roles.system_role in ('map', 'crm')
        union all
        select valid_from from campaign_register
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
    subjects.field,
    subjects.value,
    subjects.judged_on,
    case subjects.field
        when 'utm_campaign'
            then
                of_ad_platforms.tagged_campaign is not null
                or coalesce(subjects.judged_on >= registers.kept_from, false)
        when 'campaign_name' then subjects.is_dated
        else true
    end as has_register
from subjects
cross join registers
left join of_ad_platforms on {{ campaign_value('subjects.value') }} = of_ad_platforms.tagged_campaign
