-- Grain: one row per campaign and version.
with

source as (
    select * from {{ every_version(source('linkedin_ads', 'campaigns')) }}
),

renamed as (
    select
        -- ids
        id as ad_campaign_id,
        account_id as ad_account_id,
        campaign_group_id,

        -- strings
        name as ad_campaign_name,
        status,

        -- timestamps
        created_time as created_at,
        last_modified_time as updated_at,

        -- version
        _valid_from as valid_from,
        _valid_to as valid_to,
        _is_newest as is_newest
    from source
)

select * from renamed
