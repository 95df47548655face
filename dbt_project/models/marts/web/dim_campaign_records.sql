-- Grain: one row per campaign record of any system, per UTM campaign only seen on links, per campaign only named.
with

campaigns as (select * from {{ ref('int_campaigns_resolved') }}),

campaign_fields as (select * from {{ ref('int_campaign_fields') }}),

findings as (select * from {{ ref('int_taxonomy_findings') }}),

judged_fields as (
    select
        campaign_fields.campaign_record_id,
        max(case when findings.rule is not null then 1 else 0 end) = 0 as is_compliant
    from campaign_fields
    left join findings
        on
            campaign_fields.field = findings.field
            and campaign_fields.value = findings.value
            and campaign_fields.judged_on = findings.judged_on
    group by campaign_fields.campaign_record_id
)

select
    campaigns.campaign_record_id,
    campaigns.campaign_id,
    campaigns.system,
    campaigns.source_campaign_id,
    {{ mask_emails('campaigns.campaign_name') }} as campaign_name,
    campaigns.campaign_type,
    campaigns.status,
    {{ mask_emails('campaigns.utm_campaign') }} as utm_campaign,
    campaigns.start_date,
    campaigns.end_date,
    campaigns.is_deleted,
    campaigns.is_delivered,
    judged_fields.is_compliant as is_taxonomy_compliant
from campaigns
left join judged_fields on campaigns.campaign_record_id = judged_fields.campaign_record_id
