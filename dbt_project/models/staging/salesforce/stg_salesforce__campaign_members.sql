-- Grain: one row per member, its newest version.
with

source as (
    select * from {{ newest_version(source('salesforce', 'campaign_member')) }}
),

renamed as (
    select
        -- ids
        id as campaign_member_id,
        campaign_id,
        lead_id,
        contact_id,

        -- strings
        status as member_status,

        -- booleans
        has_responded,
        is_deleted,

        -- dates
        first_responded_date,

        -- timestamps
        created_date as created_at,
        last_modified_date as updated_at
    from source
)

select * from renamed
