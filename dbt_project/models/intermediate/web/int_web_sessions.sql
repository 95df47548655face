-- Grain: one row per session: events of one web client, cut after a silence or when the tagged source, medium or
-- campaign changes.
-- Any event makes a session (missing_session_start). What is sorted is narrow, one row per client and instant: half the
-- work on 10M events, and no ties to break.
-- A late event may move any cut of its client, so a client is kept whole or made again: when there are more events than
-- its sessions count, or one that was delivered again says more than it said when they were made.
{{ keeps_rows('client_id') }}
{%- set tag = ['source', 'medium', 'campaign'] %}

with

web_events as (select * from {{ ref('web_events') }} where client_id is not null),

{% if is_incremental() -%}
    counted as (
        select client_id, count(*) as event_count, sum(content_number) as content_number
        from web_events
        group by client_id
    ),

    held as (
        select client_id, sum(event_count) as event_count, sum(content_number) as content_number
        from {{ this }}
        group by client_id
    ),

    changed_clients as (
        select counted.client_id
        from counted
        left join held on counted.client_id = held.client_id
        where
            counted.event_count <> coalesce(held.event_count, 0)
            or counted.content_number <> held.content_number
    ),

{% endif -%}

events as (
    select web_events.*
    from web_events
    {% if is_incremental() %}inner join changed_clients on web_events.client_id = changed_clients.client_id{% endif %}
),

conversion_events as (select * from {{ ref('conversion_events') }}),

instants as (
    select
        events.client_id,
        events.occurred_at,
        min(events.system) as system,
        max(case when events.is_tagged then lower(events.source) end) as source,
        max(case when events.is_tagged then lower(events.medium) end) as medium,
        max(events.campaign) as campaign,
        count(*) as event_count,
        sum(events.content_number) as content_number,
        sum(case when events.event_name = 'page_view' then 1 else 0 end) as page_view_count,
        sum(case when conversion_events.event_name is not null then 1 else 0 end) as conversion_count
    from events
    left join conversion_events on events.event_name = conversion_events.event_name
    group by events.client_id, events.occurred_at
),

timed as (
    select
        *,
        lag(occurred_at) over (partition by client_id order by occurred_at) as previous_at
    from instants
),

visits as (
    select
        *,
        case
            when {{ seconds_between('previous_at', 'occurred_at') }} <= {{ var('session_timeout_minutes') }} * 60 then 0
            else 1
        end as is_visit_start
    from timed
),

placed as (
    select
        *,
        sum(is_visit_start) over (
            partition by client_id order by occurred_at rows between unbounded preceding and current row
        ) as visit_number,
        is_visit_start = 1 and coalesce({{ tag | join(', ') }}) is null as is_untagged_start
    from visits
),

-- A visit that starts untagged has the tag '' until one is seen: a click on an ad then starts a session. A part that a
-- tag lacks changes nothing.
followed as (
    select
        *,
        {% for part in tag -%}
            {{ last_known(
                "coalesce(" ~ part ~ ", case when is_untagged_start then '' end)",
                'partition by client_id, visit_number order by occurred_at'
                ~ ' rows between unbounded preceding and 1 preceding'
            ) }} as previous_{{ part }}{% if not loop.last %},{% endif %}
        {% endfor %}
    from placed
),

numbered as (
    select
        *,
        sum(
            case
                when
                    is_visit_start = 1
                    {% for part in tag -%}
                        or {{ part }} <> previous_{{ part }}
                    {% endfor -%}
                    then 1
                else 0
            end
        ) over (
            partition by client_id order by occurred_at rows between unbounded preceding and current row
        ) as session_number
    from followed
),

sessions as (
    select
        client_id,
        session_number,
        min(system) as system,
        min(occurred_at) as session_start_at,
        max(occurred_at) as session_end_at,
        sum(event_count) as event_count,
        cast(sum(content_number) as bigint) as content_number,
        sum(page_view_count) as page_view_count,
        sum(conversion_count) as conversion_count
    from numbered
    group by client_id, session_number
),

sources as (
    -- The session's source is its first tagged event's, else its first outside referrer's, taken whole.
    select
        numbered.client_id,
        numbered.session_number,
        events.source,
        events.medium,
        events.campaign,
        events.click_id_type,
        events.outside_referrer_host,
        row_number() over (
            partition by numbered.client_id, numbered.session_number
            order by case when events.is_tagged then 1 else 2 end, numbered.occurred_at, events.event_id
        ) as source_rank
    from events
    inner join numbered on events.client_id = numbered.client_id and events.occurred_at = numbered.occurred_at
    where events.is_tagged or events.outside_referrer_host is not null
),

landings as (
    select
        sessions.client_id,
        sessions.session_number,
        min(events.page_host) as landing_page_host,
        min(events.page_path) as landing_page_path,
        min(events.device_category) as device_category,
        min(events.country) as country
    from sessions
    inner join events on sessions.client_id = events.client_id and sessions.session_start_at = events.occurred_at
    group by sessions.client_id, sessions.session_number
),

final as (
    select
        {{ hash_key(['sessions.client_id', 'sessions.session_start_at']) }} as session_id,
        sessions.system,
        sessions.client_id,
        sessions.session_start_at,
        sessions.session_end_at,
        sources.source as tagged_source,
        sources.medium as tagged_medium,
        sources.campaign,
        sources.click_id_type,
        sources.outside_referrer_host as referrer_host,
        landings.landing_page_host,
        landings.landing_page_path,
        landings.device_category,
        landings.country,
        sessions.event_count,
        sessions.content_number,
        sessions.page_view_count,
        sessions.conversion_count,
        {{ traffic_key(
            'sources.source', 'sources.medium', 'sources.campaign', 'sources.click_id_type',
            'sources.outside_referrer_host'
        ) }} as traffic_key
    from sessions
    left join sources
        on
            sessions.client_id = sources.client_id
            and sessions.session_number = sources.session_number
            and sources.source_rank = 1
    left join landings
        on sessions.client_id = landings.client_id and sessions.session_number = landings.session_number
)

{{ rows_to_replace('final', 'client_id') }}
