-- Grain: one row per batch, file, column and kind of drift.
with

source as (select distinct * from {{ source('lake', 'drift_columns') }}),

renamed as (
    select
        -- ids
        {{ hash_key(['batch_id', 'system', 'object', 'source_file', 'kind', 'column_name']) }} as drift_column_id,
        batch_id,

        -- strings
        system,
        object,
        source_file,
        column_name,
        kind as drift_kind
    from source
)

select * from renamed
