-- Grain: one row per defect and published night that found it, or found it gone.
with

source as (select * from {{ source('lake', 'defect_changes') }}),

renamed as (
    select
        -- ids
        defect_id,
        record_id,
        related_record_id,

        -- strings
        change,
        defect_kind,
        system,
        object,
        detail,

        -- timestamps
        changed_at
    from source
)

select * from renamed
