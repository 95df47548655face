-- Grain: one row per campaign and version.
with

source as (
    select * from {{ every_version(source('pardot', 'campaign')) }}
),

renamed as (
    select
        -- ids
        id as campaign_id,
        salesforce_id as salesforce_campaign_id,
        parent_campaign_id,

        -- strings
        name as campaign_name,

        -- booleans
        _is_removed as is_deleted,

        -- numerics
        cost as cost_amount,

        -- timestamps
        created_at,
        updated_at,

        -- version
        _valid_from as valid_from,
        _valid_to as valid_to,
        _is_newest as is_newest
    from source
)

select * from renamed
