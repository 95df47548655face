-- Grain: one row per opportunity and version.
with

source as (
    select * from {{ every_version(source('pardot', 'opportunity')) }}
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
        updated_at,

        -- version
        _valid_from as valid_from,
        _valid_to as valid_to,
        _is_newest as is_newest
    from source
)

select * from renamed
