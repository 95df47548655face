-- Grain: one row per extract file, content and batch.
with

source as (select * from {{ source('lake', 'ledger') }}),

renamed as (
    select
        -- ids
        {{ hash_key(['system', 'object', 'source_file', 'content_hash', 'batch_id']) }} as load_id,
        batch_id,

        -- strings
        system,
        object,
        source_file,
        content_hash,
        encoding,
        status as load_status,
        error as error_message,

        -- numerics
        byte_count,
        coalesce(rows_read, 0) as read_row_count,
        coalesce(rows_loaded, 0) as loaded_row_count,
        coalesce(rows_quarantined, 0) as quarantined_row_count,
        coalesce(cell_defect_count, 0) as cell_defect_count,

        -- timestamps
        modified_at,
        loaded_at
    from source
)

select * from renamed
