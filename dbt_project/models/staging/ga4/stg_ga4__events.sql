-- Grain: one row per event.
-- A table, because JSON is half of the work on a web event; what nobody reads stays in the lake.
{{ keeps_rows('event_id') }}

with

source as (
    select * from {{ newest_version(
        source('ga4', 'events'), kept={'_row_hash': 'event_id', 'event_timestamp': 'occurred_at'}
    ) }}
),

parsed as (select *, {{ event_params('event_params') }} as params from source),

renamed as (
    select
        -- ids
        _row_hash as event_id,
        user_pseudo_id as client_id,
        user_id,
        {{ event_param('params', 'ga_session_id') }} as ga_session_id,
        stream_id,

        -- strings
        event_name,
        event_date as event_date_text,
        {{ event_param('params', 'page_location') }} as page_location,
        {{ event_param('params', 'page_referrer') }} as page_referrer,
        {{ event_param('params', 'page_title') }} as page_title,
        {{ event_param('params', 'source') }} as source,
        {{ event_param('params', 'medium') }} as medium,
        {{ event_param('params', 'campaign') }} as campaign,
        {{ event_param('params', 'content') }} as content,
        {{ event_param('params', 'term') }} as term,
        {{ event_param('params', 'gclid') }} as gclid,
        {{ json_text('collected_traffic_source', 'manual_source') }} as collected_source,
        {{ json_text('collected_traffic_source', 'manual_medium') }} as collected_medium,
        {{ json_text('collected_traffic_source', 'manual_campaign_name') }} as collected_campaign,
        {{ json_text('collected_traffic_source', 'gclid') }} as collected_gclid,
        {{ json_text('device', 'category') }} as device_category,
        {{ json_text('geo', 'country') }} as country,
        platform,

        -- booleans
        coalesce({{ event_param('params', 'ignore_referrer') }} = 'true', false) as ignores_referrer,

        -- numerics
        {{ try_cast(event_param('params', 'ga_session_number'), 'bigint') }} as ga_session_number,
        {{ try_cast(event_param('params', 'engagement_time_msec'), 'bigint') }} as engagement_ms,
        event_bundle_sequence_id,
        batch_event_index,

        -- timestamps
        event_timestamp as occurred_at,

        -- where it came from
        _delivered_at as delivered_at,
        _file_order as file_order,
        _source_file as source_file,
        _source_line as source_line,
        _batch_id as batch_id
    from parsed
)

{{ rows_to_replace('renamed', 'event_id') }}
