-- Grain: one row per defect of how the web is tagged or tracked: a session, campaign or browser, and what of it.
with

events as (
    select * from {{ ref('web_events') }}
    where coalesce(written_source, written_medium, written_campaign) is not null
),

sessions as (select * from {{ ref('int_web_sessions') }}),

campaigns as (select * from {{ ref('int_campaigns_united') }}),

roles as (select * from {{ ref('int_system_roles') }}),

traffic as (select * from {{ ref('int_traffic_channels') }}),

ad_channels as (select * from {{ ref('ad_campaign_channels') }}),

thresholds as (select * from {{ ref('check_thresholds') }}),

-- As written, because what the sessions hold is already in lower case.
tags as (
    {% for part in ['source', 'medium', 'campaign'] -%}
        select system, client_id, occurred_at, 'utm_{{ part }}' as field, written_{{ part }} as value
        from events
        {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

session_tags as (
    select distinct
        sessions.system, sessions.session_id, sessions.client_id, sessions.session_start_at, tags.field, tags.value
    from tags
    inner join sessions
        on
            tags.client_id = sessions.client_id
            and tags.system = sessions.system
            and tags.occurred_at >= sessions.session_start_at
            and tags.occurred_at <= sessions.session_end_at
    where tags.value is not null
),

judged as (
    select
        *,
        {{ matches('value', '[<>"`]') }} as is_hostile,
        value <> lower(value) as has_upper_case,
        {{ traffic_value('value') }} as comparable_value
    from session_tags
),

registered as (select distinct utm_campaign from campaigns where system <> 'web' and utm_campaign is not null),

{% for place in range(1, 5) -%}
    part_{{ place }} as (select distinct {{ split_part('utm_campaign', '_', place) }} as part from registered),

{% endfor -%}

-- What registers a campaign: the MAP and the CRM any, an ad platform those of its channels. Where no extract of them
-- arrived nothing can be missing from them.
registers as (
    select count(*) as register_count
    from campaigns
    inner join roles on campaigns.system = roles.system and roles.system_role in ('map', 'crm')
),

platforms as (select distinct system from campaigns),

of_ad_platforms as (
    select distinct traffic.campaign
    from traffic
    inner join ad_channels on traffic.channel = ad_channels.channel
    inner join platforms on ad_channels.ad_platform = platforms.system
),

-- A name whose every part is in use elsewhere was made by the rules and never registered; one with a part that nobody
-- uses, a letter or two away from a registered name, is a misspelling of it.
unknown as (
    select
        campaigns.utm_campaign,
        part_1.part is not null and part_2.part is not null and part_3.part is not null and part_4.part is not null
            as is_well_formed
    from campaigns
    {% for place in range(1, 5) -%}
        left join part_{{ place }}
            on {{ split_part('campaigns.utm_campaign', '_', place) }} = part_{{ place }}.part
    {% endfor -%}
    where campaigns.system = 'web' and not {{ matches('campaigns.utm_campaign', '[<>"`]') }}
),

misspelled as (
    select unknown.utm_campaign, min(registered.utm_campaign) as meant_campaign
    from unknown
    inner join registered on {{ edit_distance('unknown.utm_campaign', 'registered.utm_campaign') }} <= 2
    where not unknown.is_well_formed
    group by unknown.utm_campaign
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
        'hostile_utm' as defect_kind, system, 'sessions' as object, session_id as record_id,
        client_id as related_record_id, field as detail, session_start_at as occurred_at
    from judged
    where is_hostile
    union all
    select 'utm_case_drift', system, 'sessions', session_id, client_id, field, session_start_at
    from judged
    where has_upper_case and not is_hostile
    union all
    select
        'utm_typo', judged.system, 'sessions', judged.session_id, judged.client_id,
        'meant ' || misspelled.meant_campaign, judged.session_start_at
    from judged
    inner join misspelled on judged.comparable_value = misspelled.utm_campaign
    where judged.field = 'utm_campaign'
    union all
    select 'utm_missing', system, 'sessions', session_id, client_id, click_id_type, session_start_at
    from sessions
    where click_id_type is not null and campaign is null
    union all
    select
        'unregistered_campaign', first_seen.system, 'campaigns', unknown.utm_campaign, cast(null as string),
        cast(null as string),
        first_seen.first_seen_at
    from unknown
    left join first_seen on unknown.utm_campaign = first_seen.campaign
    left join misspelled on unknown.utm_campaign = misspelled.utm_campaign
    left join of_ad_platforms on unknown.utm_campaign = of_ad_platforms.campaign
    cross join registers
    where
        misspelled.utm_campaign is null
        and (registers.register_count > 0 or of_ad_platforms.campaign is not null)
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
