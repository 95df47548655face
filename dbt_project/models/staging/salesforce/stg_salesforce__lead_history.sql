-- Grain: one row per lead, field and change.
with

source as (
    select * from {{ newest_version(source('salesforce', 'lead_history')) }}
),

renamed as (
    select
        -- ids
        id as history_id,
        lead_id,
        created_by_id as changed_by_id,

        -- strings
        field as field_name,
        old_value,
        new_value,

        -- timestamps
        created_date as changed_at
    from source
)

select * from renamed
