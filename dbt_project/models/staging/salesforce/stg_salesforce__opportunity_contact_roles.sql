-- Grain: one row per role, its newest version.
with

source as (
    select * from {{ newest_version(source('salesforce', 'opportunity_contact_role')) }}
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
        is_deleted,

        -- timestamps
        created_date as created_at,
        last_modified_date as updated_at
    from source
)

select * from renamed
