-- Grain: one row per company, property and change.
with

source as (
    select * from {{ newest_version(source('hubspot', 'company_property_history')) }}
),

renamed as (
    select
        -- ids
        company_id,
        source_id as change_source_id,

        -- strings
        name as property_name,
        value as property_value,
        source as change_source,

        -- timestamps
        {{ adapter.quote('timestamp') }} as changed_at
    from source
)

select * from renamed
