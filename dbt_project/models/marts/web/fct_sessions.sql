-- Grain: one row per web session.
with

sessions as (select * from {{ ref('int_web_sessions_attributed') }}),

campaigns as (select * from {{ ref('int_utm_campaigns') }}),

people_accounts as (select * from {{ ref('int_people_accounts') }}),

tags as (select * from {{ ref('int_session_tags') }}),

findings as (select * from {{ ref('int_taxonomy_findings') }}),

judged_tags as (
    select
        tags.session_id,
        max(case when findings.rule is not null then 1 else 0 end) = 0 as is_compliant
    from tags
    left join findings
        on tags.field = findings.field and tags.value = findings.value and tags.judged_on = findings.judged_on
    group by tags.session_id
),

final as (
    select
        sessions.session_id,
        sessions.client_id,
        sessions.person_id,
        people_accounts.account_id,
        sessions.session_start_at,
        sessions.session_end_at,
        {{ reporting_date('sessions.session_start_at') }} as session_date,
        {{ mask_emails('sessions.source') }} as source,
        {{ mask_emails('sessions.medium') }} as medium,
        {{ mask_emails('sessions.campaign') }} as campaign,
        {{ or_unknown('campaigns.campaign_id') }} as campaign_id,
        {{ mask_emails('sessions.tagged_source') }} as tagged_source,
        {{ mask_emails('sessions.tagged_medium') }} as tagged_medium,
        {{ mask_emails('sessions.tagged_campaign') }} as tagged_campaign,
        sessions.click_id_type,
        sessions.referrer_host,
        sessions.channel,
        sessions.last_non_direct_channel,
        {{ mask_emails('sessions.last_non_direct_source') }} as last_non_direct_source,
        {{ mask_emails('sessions.last_non_direct_medium') }} as last_non_direct_medium,
        {{ mask_emails('sessions.last_non_direct_campaign') }} as last_non_direct_campaign,
        sessions.landing_page_host,
        sessions.landing_page_path,
        sessions.device_category,
        sessions.country,
        judged_tags.is_compliant as is_taxonomy_compliant,
        cast(sessions.event_count as bigint) as event_count,
        cast(sessions.page_view_count as bigint) as page_view_count,
        cast(sessions.conversion_count as bigint) as conversion_count
    from sessions
    left join campaigns on sessions.campaign = campaigns.utm_campaign
    left join people_accounts on sessions.person_id = people_accounts.person_id
    left join judged_tags on sessions.session_id = judged_tags.session_id
)

select * from final
