-- Grain: one row: volume and age of a raw table, keyless and future rows, the newest delivery.
with

extract as (
    select
        count(*) as row_count,
        {%- if cursor %}
        (
            epoch({{ as_of }})
            - epoch(max({{ cursor }}::timestamp) filter (where {{ cursor }} <= {{ as_of }} + interval 1 day))
        ) / 86400 as newest_age_days,
        count(*) filter (where {{ cursor }} > {{ as_of }} + interval 1 day) as future_count,
        {%- endif %}
        count(*) filter (where {{ (key or ['_row_hash']) | join(' is null or ') }} is null) as missing_key_count
    from {{ table }}
),

newest as ({% include 'newest_files.sql' %}),

quarantined as ({% include 'quarantined.sql' %}),

delivery as (
    select
        (epoch({{ as_of }}) - epoch(max(newest.loaded_at))) / 86400 as delivery_age_days,
        coalesce(sum(newest.rows_read), 0) as delivered_count,
        (select count(*) from quarantined) as quarantined_count,
        (
            select count(*) from quarantined where source_file in (select newest.source_file from newest)
        ) as newly_quarantined_count
    from newest
)

select
    extract.*,
    delivery.delivery_age_days,
    delivery.quarantined_count,
    delivery.newly_quarantined_count / greatest(delivery.delivered_count, 1) as quarantine_rate
from extract
cross join delivery
