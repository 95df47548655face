-- Grain: one row per campaign, its newest version.
with

source as (
    select * from {{ newest_version(source('pardot', 'campaign')) }}
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
        updated_at
    from source
)

select * from renamed
