-- Grain: one row per cell that could not be read and was loaded as null.
with

source as (
    select
        *,
        row_number() over (
            partition by batch_id, system, object, source_file, source_line, column_name order by reason, value
        ) as defect_position
    from {{ source('lake', 'cell_defects') }}
),

renamed as (
    select
        -- ids
        {{ hash_key(
            ['batch_id', 'system', 'object', 'source_file', 'source_line', 'column_name', 'defect_position']
        ) }} as cell_defect_id,
        batch_id,

        -- strings
        system,
        object,
        source_file,
        column_name,
        value,
        reason,

        -- numerics
        source_line
    from source
)

select * from renamed
