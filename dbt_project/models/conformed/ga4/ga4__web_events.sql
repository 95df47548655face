-- Grain: one row per web event of a known client, with its traffic source as tagged.
-- A part of the source is read where it is first found: the page's UTM, the event's parameters, what GA4 collected.
-- So a missing medium never erases a good source (null_medium).
{{ keeps_rows('event_id') }}

with

web_events as (select * from {{ ref('stg_ga4__events') }} where client_id is not null),

{% if is_incremental() -%}
    read_batches as (select distinct batch_id from {{ this }}),

{% endif -%}

events as (
    select web_events.*
    from web_events
    {% if is_incremental() -%}
        left join read_batches on web_events.batch_id = read_batches.batch_id
        where read_batches.batch_id is null
    {%- endif %}
),

located as (
    -- What few events carry is looked for only where it can be.
    select
        event_id,
        client_id,
        user_id,
        occurred_at,
        event_name,
        {{ url_host('page_location') }} as page_host,
        {{ url_path('page_location') }} as raw_path,
        {{ url_host('page_referrer') }} as referrer_host,
        case when page_location like '%?%' or page_location like '%#%' then page_location end as tagged_url,
        source,
        medium,
        campaign,
        coalesce(gclid, collected_gclid) as gclid,
        collected_source,
        collected_medium,
        collected_campaign,
        device_category,
        country,
        batch_id
    from events
),

read as (
    select
        *,
        {{ url_param('tagged_url', 'utm_source') }} as utm_source,
        {{ url_param('tagged_url', 'utm_medium') }} as utm_medium,
        {{ url_param('tagged_url', 'utm_campaign') }} as utm_campaign,
        {{ click_id_type('tagged_url') }} as url_click_id_type
    from located
),

sourced as (
    select
        event_id,
        client_id,
        user_id,
        occurred_at,
        event_name,
        page_host,
        {{ mask_emails('raw_path') }} as page_path,
        referrer_host,
        coalesce(
            {{ traffic_value('utm_source') }}, {{ traffic_value('source') }}, {{ traffic_value('collected_source') }}
        ) as source,
        coalesce(
            {{ traffic_value('utm_medium') }}, {{ traffic_value('medium') }}, {{ traffic_value('collected_medium') }}
        ) as medium,
        coalesce(
            {{ traffic_value('utm_campaign') }}, {{ traffic_value('campaign') }},
            {{ traffic_value('collected_campaign') }}
        ) as campaign,
        coalesce(url_click_id_type, case when gclid is not null then 'gclid' end) as click_id_type,
        utm_source as written_source,
        utm_medium as written_medium,
        utm_campaign as written_campaign,
        device_category,
        country,
        batch_id
    from read
),

final as (
    select
        *,
        coalesce(source, medium, campaign, click_id_type) is not null as is_tagged,
        case
            when referrer_host <> coalesce(page_host, '') and referrer_host not like '%.' || coalesce(page_host, '')
                then referrer_host
        end as outside_referrer_host
    from sourced
)

{{ rows_to_replace('final', 'event_id') }}
