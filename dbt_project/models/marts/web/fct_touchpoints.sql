-- Grain: one row per touchpoint: a marketing interaction of a known person.
with

touchpoints as (select * from {{ ref('int_touchpoints_united') }}),

kinds as (select * from {{ ref('touchpoint_kinds') }}),

campaigns as (select * from {{ ref('int_campaigns_resolved') }}),

people_accounts as (select * from {{ ref('int_people_accounts') }}),

final as (
    select
        touchpoints.touchpoint_id,
        touchpoints.person_id,
        people_accounts.account_id,
        touchpoints.touchpoint_at,
        {{ reporting_date('touchpoints.touchpoint_at') }} as touchpoint_date,
        touchpoints.touchpoint_kind,
        {{ or_unknown('touchpoints.channel') }} as channel,
        {{ mask_emails('touchpoints.source') }} as source,
        {{ mask_emails('touchpoints.medium') }} as medium,
        {{ or_unknown('campaigns.campaign_id') }} as campaign_id,
        {{ mask_emails('campaigns.campaign_name') }} as campaign_name,
        {{ mask_emails('touchpoints.utm_campaign') }} as utm_campaign,
        touchpoints.system,
        touchpoints.source_record_id,
        kinds.is_eligible
    from touchpoints
    inner join kinds on touchpoints.touchpoint_kind = kinds.touchpoint_kind
    left join campaigns on touchpoints.campaign_id = campaigns.campaign_record_id
    left join people_accounts on touchpoints.person_id = people_accounts.person_id
)

select * from final
