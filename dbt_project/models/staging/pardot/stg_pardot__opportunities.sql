-- Grain: one row per opportunity, its newest version.
with

source as (
    select * from {{ newest_version(source('pardot', 'opportunity')) }}
),

renamed as (
    select
        -- ids
        id as opportunity_id,
        campaign_id,
        crm_opportunity_fid as salesforce_opportunity_id,

        -- strings
        name as opportunity_name,
        type as opportunity_type,
        stage as stage_name,
        status,

        -- booleans
        _is_removed as is_deleted,

        -- numerics
        value as amount,
        probability as probability_percent,

        -- timestamps
        closed_at,
        created_at,
        updated_at
    from source
)

select * from renamed
