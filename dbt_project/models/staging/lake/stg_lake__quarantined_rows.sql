-- Grain: one row per row that could not be loaded.
with

source as (
    select
        *,
        row_number() over (
            partition by batch_id, system, object, source_file, source_line order by column_name, reason
        ) as reason_position
    from {{ source('lake', 'quarantined_rows') }}
),

renamed as (
    select
        -- ids
        {{ hash_key(['batch_id', 'system', 'object', 'source_file', 'source_line', 'reason_position']) }}
            as quarantined_row_id,
        batch_id,

        -- strings
        system,
        object,
        source_file,
        column_name,
        value,
        reason,
        remedy,
        raw_text,

        -- numerics
        source_line
    from source
)

select * from renamed
