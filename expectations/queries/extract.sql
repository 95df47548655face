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

-- Files loaded within 12 hours of the newest one came in the same night.
delivery as (
    select
        (epoch({{ as_of }}) - epoch(max(loaded_at))) / 86400 as delivery_age_days,
        coalesce(sum(rows_read), 0) as delivered_count,
        coalesce(sum(rows_quarantined), 0) as quarantined_count
    from raw_lake.ledger
    where
        system = '{{ system }}'
        and object = '{{ object }}'
        and status = 'loaded'
        and loaded_at >= (
            select max(newest.loaded_at) - interval 12 hours
            from raw_lake.ledger as newest
            where newest.system = '{{ system }}' and newest.object = '{{ object }}' and newest.status = 'loaded'
        )
)

select
    extract.*,
    delivery.delivery_age_days,
    delivery.quarantined_count,
    delivery.quarantined_count / greatest(delivery.delivered_count, 1) as quarantine_rate
from extract
cross join delivery
