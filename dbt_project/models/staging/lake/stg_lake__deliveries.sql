-- Grain: one row per delivery of a snapshot table.
with

source as (select * from {{ source('lake', 'deliveries') }}),

renamed as (
    select
        -- ids
        delivery_id,

        -- strings
        system,
        object,
        delivery_name,
        scope,
        reason,

        -- booleans
        scope is not null as is_whole,
        is_suspect,

        -- numerics
        delivery_number,
        count(distinct source_file) as file_count,
        max(row_count) as row_count,
        max(held_share) as held_share,

        -- timestamps
        delivered_at
    from source
    group by
        delivery_id, system, object, delivery_name, scope, reason, is_suspect, delivery_number, delivered_at
)

select * from renamed
