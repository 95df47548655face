-- Grain: one row per member and version.
with

source as (
    select * from {{ every_version(source('salesforce', 'campaign_member')) }}
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
        coalesce(_is_removed, is_deleted) as is_deleted,

        -- dates
        first_responded_date,

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
