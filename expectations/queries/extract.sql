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

-- A report's footer lines stand in the quarantine for the count, but no record is lost with them.
footers as (
    select count(*) as footer_count
    from raw_lake.quarantined_rows
    where reason like 'it is a footer line of a report%' and batch_id in (select newest.batch_id from newest)
),

delivery as (
    select
        (epoch({{ as_of }}) - epoch(max(newest.loaded_at))) / 86400 as delivery_age_days,
        coalesce(sum(newest.rows_read), 0) as delivered_count,
        coalesce(sum(newest.rows_quarantined), 0) - max(footers.footer_count) as quarantined_count
    from footers
    left join newest on true
)

select
    extract.*,
    delivery.delivery_age_days,
    delivery.quarantined_count,
    delivery.quarantined_count / greatest(delivery.delivered_count, 1) as quarantine_rate
from extract
cross join delivery
