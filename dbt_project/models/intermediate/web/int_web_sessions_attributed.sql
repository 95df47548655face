-- Grain: one row per session, with its channel, its person, and the channel a direct session inherits.
with

sessions as (select * from {{ ref('int_web_sessions') }}),

traffic as (select * from {{ ref('int_traffic_channels') }}),

web_clients as (select * from {{ ref('int_person_records') }} where record_type = 'web_client'),

channelled as (
    select
        sessions.*,
        web_clients.person_id,
        traffic.source,
        traffic.medium,
        coalesce(traffic.campaign, sessions.campaign) as meant_campaign,
        traffic.channel,
        case when traffic.channel <> 'Direct' then sessions.session_start_at end as non_direct_at,
        case when traffic.channel <> 'Direct' then traffic.channel end as non_direct_channel,
        case when traffic.channel <> 'Direct' then traffic.source end as non_direct_source,
        case when traffic.channel <> 'Direct' then traffic.medium end as non_direct_medium,
        -- A blank keeps a non-direct session without campaign from inheriting an older one's.
        case when traffic.channel <> 'Direct' then coalesce(traffic.campaign, sessions.campaign, '') end
            as non_direct_campaign
    from sessions
    left join traffic
        on
            sessions.traffic_key = traffic.traffic_key
            and {{ holds_on('traffic', reporting_date('sessions.session_start_at')) }}
    left join web_clients on sessions.client_id = web_clients.record_id
),

inherited as (
    select
        *,
        {% for name in ['at', 'channel', 'source', 'medium', 'campaign'] -%}
        {{ last_known(
            'non_direct_' ~ name,
            'partition by client_id order by session_start_at rows between unbounded preceding and current row'
        ) }} as last_{{ name }}{% if not loop.last %},{% endif %}
        {% endfor %}
    from channelled
),

judged as (
    select
        *,
        coalesce({{ days_between('last_at', 'session_start_at') }} <= {{ var('direct_inherits_days') }}, false)
            as is_in_reach
    from inherited
),

final as (
    select
        session_id, system, client_id, person_id,
        session_start_at, session_end_at, source, medium, meant_campaign as campaign, click_id_type,
        tagged_source, tagged_medium, campaign as tagged_campaign,
        referrer_host, channel,
        case when is_in_reach then last_channel else channel end as last_non_direct_channel,
        case when is_in_reach then last_source else source end as last_non_direct_source,
        case when is_in_reach then last_medium else medium end as last_non_direct_medium,
        case when is_in_reach then nullif(last_campaign, '') else meant_campaign end as last_non_direct_campaign,
        coalesce(tagged_source, tagged_medium, campaign, click_id_type) is not null as is_tagged,
        landing_page_host, landing_page_path, device_category, country, event_count, page_view_count, conversion_count
    from judged
)

select * from final
