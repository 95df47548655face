-- Grain: one row per quarantined row that is settled.
with

source as (select * from {{ source('lake', 'settled_rows') }}),

renamed as (
    select
        -- ids
        batch_id,

        -- strings
        system,
        object,
        source_file,
        status,
        settled_by,

        -- numerics
        source_line,

        -- timestamps
        settled_at
    from source
)

select * from renamed
