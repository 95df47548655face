-- Grain: one row per defect of how the web is tagged or tracked: a session, campaign or browser, and what of it.
with

tags as (select * from {{ ref('int_session_tags') }}),

findings as (select * from {{ ref('int_taxonomy_findings') }} where defect_kind is not null),

sessions as (select * from {{ ref('int_web_sessions') }}),

campaign_fields as (select * from {{ ref('int_campaign_fields') }}),

thresholds as (select * from {{ ref('check_thresholds') }}),

found as (
    select distinct
        findings.defect_kind,
        tags.system,
        tags.session_id,
        tags.client_id,
        tags.session_start_at,
        case findings.defect_kind
            when 'utm_typo' then 'meant ' || findings.nearest_value
            when 'utm_missing' then sessions.click_id_type
            else tags.field
        end as detail
    from tags
    inner join findings
        on tags.field = findings.field and tags.value = findings.value and tags.judged_on = findings.judged_on
    inner join sessions on tags.session_id = sessions.session_id
),

first_seen as (
    select campaign, min(system) as system, min(session_start_at) as first_seen_at
    from sessions
    where campaign is not null
    group by campaign
),

limits as (
    select
        max(case when threshold = 'bot_session_events' then warn end) as event_count,
        max(case when threshold = 'bot_seconds_per_event' then warn end) as seconds_per_event
    from thresholds
),

bursts as (
    select
        sessions.system,
        sessions.client_id,
        min(sessions.session_start_at) as session_start_at,
        max(sessions.event_count) as event_count
    from sessions
    cross join limits
    where
        sessions.event_count >= limits.event_count
        and {{ seconds_between('sessions.session_start_at', 'sessions.session_end_at') }}
        < sessions.event_count * limits.seconds_per_event
    group by sessions.system, sessions.client_id
),

defects as (
    select
        defect_kind, system, 'sessions' as object, session_id as record_id, client_id as related_record_id, detail,
        session_start_at as occurred_at
    from found
    where defect_kind in ('hostile_utm', 'utm_case_drift', 'utm_typo', 'utm_missing')
    union all
    select
        findings.defect_kind, first_seen.system, 'campaigns', campaign_fields.value, cast(null as string),
        cast(null as string), first_seen.first_seen_at
    from campaign_fields
    inner join findings
        on
            campaign_fields.field = findings.field
            and campaign_fields.value = findings.value
            and campaign_fields.judged_on = findings.judged_on
    left join first_seen on campaign_fields.value = first_seen.campaign
    where campaign_fields.field = 'utm_campaign' and findings.defect_kind = 'unregistered_campaign'
    union all
    select
        'bot_traffic', system, 'web_client', 'web:web_client:' || client_id, cast(null as string),
        cast(event_count as string) || ' events in one burst', session_start_at
    from bursts
)

select
    {{ hash_key(['defect_kind', 'record_id', 'related_record_id', 'detail']) }} as defect_id,
    defect_kind,
    system,
    object,
    record_id,
    related_record_id,
    detail,
    occurred_at
from defects
