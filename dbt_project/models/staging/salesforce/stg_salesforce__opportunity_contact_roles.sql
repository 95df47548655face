-- Grain: one row per role and version.
with

source as (
    select * from {{ every_version(source('salesforce', 'opportunity_contact_role')) }}
),

renamed as (
    select
        -- ids
        id as contact_role_id,
        opportunity_id,
        contact_id,

        -- strings
        role,

        -- booleans
        is_primary,
        coalesce(_is_removed, is_deleted) as is_deleted,

        -- timestamps
        created_date as created_at,
        last_modified_date as updated_at,

        -- version
        _valid_from as valid_from,
        _valid_to as valid_to,
        _is_newest as is_newest
    from source
)

select * from renamed
