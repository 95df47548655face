-- Grain: one row per deletion.
with

source as (
    select * from {{ newest_version(source('marketo', 'deleted_leads')) }}
),

renamed as (
    select
        -- ids
        marketo_guid as activity_id,
        lead_id,

        -- timestamps
        activity_date as deleted_at
    from source
)

select * from renamed
