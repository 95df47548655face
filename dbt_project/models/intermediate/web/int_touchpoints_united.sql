-- Grain: one row per marketing interaction of a known person, whatever its kind.
with

sessions as (select * from {{ ref('int_web_sessions_attributed') }} where person_id is not null),

email_clicks as (select * from {{ ref('int_email_clicks') }}),

form_fills as (select * from {{ ref('int_form_fills') }}),

responses as (select * from {{ ref('int_campaign_responses') }}),

person_records as (select * from {{ ref('int_person_records') }}),

traffic as (select * from {{ ref('int_traffic_channels') }}),

campaign_names as (select * from {{ ref('int_campaigns_united') }} where is_first_of_name),

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

campaigns as (select * from {{ ref('int_campaigns_united') }}),

programs as (select campaign_id, canonical_campaign_id from campaigns),

fills_with_sessions as (
    -- A form without tags of its own was filled in a session: the last one of the person that was open then.
    select
        form_fills.*,
        person_records.person_id,
        sessions.channel as session_channel,
        sessions.source as session_source,
        sessions.medium as session_medium,
        sessions.campaign as session_campaign,
        row_number() over (
            partition by form_fills.system, form_fills.source_record_id
            order by sessions.session_start_at desc nulls last, sessions.session_id asc
        ) as session_rank
    from form_fills
    inner join person_records on form_fills.person_record_id = person_records.person_record_id
    left join sessions
        on
            person_records.person_id = sessions.person_id
            and form_fills.filled_at >= sessions.session_start_at
            and {{ seconds_between('sessions.session_end_at', 'form_fills.filled_at') }}
            <= {{ var('session_timeout_minutes') }} * 60
),

touches as (
    select
        case when channel = 'Direct' and campaign is null then 'direct_session' else 'session' end as touchpoint_kind,
        system, session_id as source_record_id, person_id, session_start_at as touchpoint_at,
        channel, source, medium, campaign, cast(null as string) as campaign_id
    from sessions
    union all
    select
        'email_click', email_clicks.system, email_clicks.source_record_id, person_records.person_id,
        email_clicks.clicked_at,
        case when traffic.channel in ('Direct', 'Unassigned') then 'Email' else coalesce(traffic.channel, 'Email') end,
        traffic.source, traffic.medium, email_clicks.campaign, programs.canonical_campaign_id
    from email_clicks
    inner join person_records on email_clicks.person_record_id = person_records.person_record_id
    left join traffic on email_clicks.traffic_key = traffic.traffic_key
    left join programs on email_clicks.program_campaign_id = programs.campaign_id
    union all
    select
        'form_fill', fills.system, fills.source_record_id, fills.person_id, fills.filled_at,
        coalesce(case when traffic.channel = 'Direct' then fills.session_channel end, traffic.channel),
        coalesce(case when traffic.channel = 'Direct' then fills.session_source end, traffic.source),
        coalesce(case when traffic.channel = 'Direct' then fills.session_medium end, traffic.medium),
        case when traffic.channel = 'Direct' then fills.session_campaign else fills.campaign end,
        programs.canonical_campaign_id
    from fills_with_sessions as fills
    left join traffic on fills.traffic_key = traffic.traffic_key
    left join programs on fills.program_campaign_id = programs.campaign_id
    where fills.session_rank = 1
    union all
    select
        case when responses.is_attendance then 'webinar_attendance' else 'campaign_response' end, responses.system,
        responses.source_record_id, responses.person_id, responses.responded_at,
        coalesce(campaign_type_channels.channel, campaign_channels.channel, 'Unassigned'), cast(null as string),
        cast(null as string), campaigns.utm_campaign, responses.campaign_id
    from responses
    left join campaigns on responses.campaign_id = campaigns.campaign_id
    left join campaign_channels on campaigns.utm_campaign = campaign_channels.campaign
    left join campaign_type_channels on lower(responses.campaign_type) = campaign_type_channels.campaign_type
    where responses.person_id is not null
),

final as (
    select
        {{ hash_key(['touches.touchpoint_kind', 'touches.system', 'touches.source_record_id']) }} as touchpoint_id,
        touches.person_id,
        touches.touchpoint_at,
        touches.touchpoint_kind,
        touches.channel,
        touches.source,
        touches.medium,
        coalesce(campaign_names.canonical_campaign_id, touches.campaign_id) as campaign_id,
        touches.campaign as utm_campaign,
        touches.system,
        touches.source_record_id
    from touches
    left join campaign_names on touches.campaign = campaign_names.utm_campaign
)

select * from final
