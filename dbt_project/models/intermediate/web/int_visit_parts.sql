-- Grain: one row per marketing interaction of a known person who counts, with the visit that it is part of.
-- A visit is the e-mail clicks that opened it, its session and what was filled in within it. A click opens the first
-- session of its person in the half hour after it, unless that session is tagged as coming from elsewhere.
{%- set clock_skew_seconds = 60 %}
with

sessions as (select * from {{ ref('int_web_sessions_attributed') }} where person_id is not null),

email_clicks as (select * from {{ ref('int_email_clicks') }}),

form_fills as (select * from {{ ref('int_form_fills') }}),

responses as (select * from {{ ref('int_campaign_responses') }} where person_id is not null),

person_records as (select * from {{ ref('int_person_records') }}),

living as (select * from {{ ref('int_people_living') }}),

traffic as (select * from {{ ref('int_traffic_channels') }}),

campaigns as (select * from {{ ref('int_campaigns_united') }}),

campaign_type_channels as (select * from {{ ref('campaign_type_channels') }}),

campaign_channels as (
    -- A response has the channel its campaign's type names, else the one most of the campaign's visits came by.
    select channel_counts.campaign, min_by(channel_counts.channel, -channel_counts.session_count) as channel
    from (
        select campaign, channel, count(*) + 0.001 * ascii(channel) as session_count
        from sessions
        where campaign is not null
        group by campaign, channel
    ) as channel_counts
    group by channel_counts.campaign
),

session_parts as (
    select
        case when channel = 'Direct' and campaign is null then 'direct_session' else 'session' end as touchpoint_kind,
        system, session_id as source_record_id, person_id, session_start_at as touched_at, session_end_at as ended_at,
        channel, source, medium, campaign, cast(null as string) as campaign_id, is_tagged,
        {{ hash_key([
            "case when channel = 'Direct' and campaign is null then 'direct_session' else 'session' end", 'system',
            'session_id'
        ]) }} as part_id
    from sessions
),

click_parts as (
    select
        email_clicks.system, email_clicks.source_record_id, person_records.person_id,
        email_clicks.clicked_at as touched_at,
        case when traffic.channel in ('Direct', 'Unassigned') then 'Email' else coalesce(traffic.channel, 'Email') end
            as channel,
        traffic.source, traffic.medium, coalesce(traffic.campaign, email_clicks.campaign) as campaign,
        programs.canonical_campaign_id as campaign_id,
        {{ hash_key(["'email_click'", 'email_clicks.system', 'email_clicks.source_record_id']) }} as part_id
    from email_clicks
    inner join person_records on email_clicks.person_record_id = person_records.person_record_id
    left join traffic
        on
            email_clicks.traffic_key = traffic.traffic_key
            and {{ holds_on('traffic', reporting_date('email_clicks.clicked_at')) }}
    left join campaigns as programs on email_clicks.program_campaign_id = programs.campaign_id
),

opened as (
    select
        click_parts.part_id,
        session_parts.part_id as visit_id,
        row_number() over (
            partition by click_parts.part_id order by session_parts.touched_at, session_parts.part_id
        ) as session_position
    from click_parts
    inner join session_parts
        on
            click_parts.person_id = session_parts.person_id
            and {{ seconds_between('click_parts.touched_at', 'session_parts.touched_at') }}
            between {{ -1 * clock_skew_seconds }} and {{ var('session_timeout_minutes') | int * 60 }}
            and (
                not session_parts.is_tagged
                or click_parts.channel = session_parts.channel
                or click_parts.campaign = session_parts.campaign
            )
),

-- Links of one mail followed one after the other are one visit, where no session tells so too.
{%- set mail = 'partition by person_id, channel, campaign, campaign_id, session_visit_id' %}
{%- set in_order = mail ~ ' order by touched_at, part_id' %}

clicks_opening as (
    select
        click_parts.*,
        opened.visit_id as session_visit_id
    from click_parts
    left join opened on click_parts.part_id = opened.part_id and opened.session_position = 1
),

clicks_followed as (
    select
        *,
        case
            when
                {{ seconds_between('lag(touched_at) over (' ~ in_order ~ ')', 'touched_at') }}
                <= {{ var('session_timeout_minutes') | int * 60 }}
                then 0
            else 1
        end as is_visit_start
    from clicks_opening
),

clicks_numbered as (
    select
        *,
        sum(is_visit_start) over ({{ in_order }} rows between unbounded preceding and current row) as visit_number
    from clicks_followed
),

clicks_in_visits as (
    select
        *,
        session_visit_id is not null as is_in_session,
        coalesce(
            session_visit_id,
            first_value(part_id) over ({{ mail }}, visit_number order by touched_at, part_id)
        ) as visit_id
    from clicks_numbered
),

fill_parts as (
    select
        form_fills.system, form_fills.source_record_id, person_records.person_id, form_fills.filled_at as touched_at,
        case when traffic.channel <> 'Direct' then traffic.channel else 'Unassigned' end as channel,
        traffic.source, traffic.medium, coalesce(traffic.campaign, form_fills.campaign) as campaign,
        programs.canonical_campaign_id as campaign_id,
        {{ hash_key(["'form_fill'", 'form_fills.system', 'form_fills.source_record_id']) }} as part_id
    from form_fills
    inner join person_records on form_fills.person_record_id = person_records.person_record_id
    left join traffic
        on
            form_fills.traffic_key = traffic.traffic_key
            and {{ holds_on('traffic', reporting_date('form_fills.filled_at')) }}
    left join campaigns as programs on form_fills.program_campaign_id = programs.campaign_id
),

-- A form was filled in the last session of the person that was open then; where none is known, in the visit that a
-- click opened no longer than a session's silence before.
places as (
    select person_id, part_id as visit_id, touched_at, ended_at, 1 as place_order
    from session_parts
    union all
    select person_id, visit_id, touched_at, touched_at as ended_at, 2
    from clicks_in_visits
    where not is_in_session
),

filled as (
    select
        fill_parts.part_id,
        places.visit_id,
        row_number() over (
            partition by fill_parts.part_id
            order by places.place_order asc, places.touched_at desc, places.visit_id asc
        ) as place_position
    from fill_parts
    inner join places
        on
            fill_parts.person_id = places.person_id
            and fill_parts.touched_at >= places.touched_at
            and {{ seconds_between('places.ended_at', 'fill_parts.touched_at') }}
            <= {{ var('session_timeout_minutes') | int * 60 }}
),

parts as (
    select
        touchpoint_kind, system, source_record_id, person_id, touched_at, channel, source, medium, campaign,
        campaign_id, part_id, part_id as visit_id
    from session_parts
    union all
    select
        'email_click', system, source_record_id, person_id, touched_at, channel, source, medium, campaign,
        campaign_id, part_id, visit_id
    from clicks_in_visits
    union all
    select
        'form_fill', fill_parts.system, fill_parts.source_record_id, fill_parts.person_id, fill_parts.touched_at,
        fill_parts.channel, fill_parts.source, fill_parts.medium, fill_parts.campaign, fill_parts.campaign_id,
        fill_parts.part_id, coalesce(filled.visit_id, fill_parts.part_id)
    from fill_parts
    left join filled on fill_parts.part_id = filled.part_id and filled.place_position = 1
    union all
    select
        case when responses.is_attendance then 'webinar_attendance' else 'campaign_response' end, responses.system,
        responses.source_record_id, responses.person_id, responses.responded_at,
        coalesce(campaign_type_channels.channel, campaign_channels.channel, 'Unassigned'), cast(null as string),
        cast(null as string), campaigns.utm_campaign, responses.campaign_id,
        {{ hash_key([
            "case when responses.is_attendance then 'webinar_attendance' else 'campaign_response' end",
            'responses.system', 'responses.source_record_id'
        ]) }},
        {{ hash_key([
            "case when responses.is_attendance then 'webinar_attendance' else 'campaign_response' end",
            'responses.system', 'responses.source_record_id'
        ]) }}
    from responses
    left join campaigns on responses.campaign_id = campaigns.campaign_id
    left join campaign_channels on campaigns.utm_campaign = campaign_channels.campaign
    left join campaign_type_channels on lower(responses.campaign_type) = campaign_type_channels.campaign_type
)

select
    parts.part_id as touchpoint_part_id,
    parts.visit_id as touchpoint_id,
    parts.person_id,
    parts.touched_at,
    parts.touchpoint_kind,
    parts.channel,
    parts.source,
    parts.medium,
    parts.campaign as utm_campaign,
    parts.campaign_id,
    parts.system,
    parts.source_record_id
from parts
inner join living on parts.person_id = living.person_id
