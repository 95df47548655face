-- Grain: one row per deal, contact and association type, its newest version.
with

source as (
    select * from {{ newest_version(source('hubspot', 'deal_contacts')) }}
),

renamed as (
    select
        -- ids
        deal_id,
        contact_id,
        type_id as association_type_id,

        -- strings
        category
    from source
)

select * from renamed
