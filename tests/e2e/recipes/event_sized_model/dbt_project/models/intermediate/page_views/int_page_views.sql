-- Grain: one row per view of a page.
{{ keeps_rows('event_id') }}

with

web_events as (select * from {{ ref('web_events') }}),

{% if is_incremental() -%}
    read_batches as (select distinct batch_id from {{ this }}),

{% endif -%}

final as (
    select
        web_events.event_id,
        web_events.client_id,
        web_events.page_path,
        web_events.batch_id
    from web_events
    {% if is_incremental() -%}
        left join read_batches on web_events.batch_id = read_batches.batch_id
    {% endif -%}
    where
        web_events.event_name = 'page_view'
        {% if is_incremental() %}and read_batches.batch_id is null{% endif %}
)

{{ rows_to_replace('final', 'event_id') }}
