-- Grain: one row per deal, contact and association type and version.
with

source as (
    select * from {{ every_version(source('hubspot', 'deal_contacts')) }}
),

renamed as (
    select
        -- ids
        deal_id,
        contact_id,
        type_id as association_type_id,

        -- strings
        category,

        -- version
        _is_removed as is_deleted,
        _valid_from as valid_from,
        _valid_to as valid_to,
        _is_newest as is_newest
    from source
)

select * from renamed
