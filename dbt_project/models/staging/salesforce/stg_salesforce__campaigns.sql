-- Grain: one row per campaign, its newest version.
with

source as (
    select * from {{ newest_version(source('salesforce', 'campaign')) }}
),

renamed as (
    select
        -- ids
        id as campaign_id,
        parent_id as parent_campaign_id,

        -- strings
        name as campaign_name,
        type as campaign_type,
        status,
        currency_iso_code as currency_code,

        -- booleans
        is_active,
        is_deleted,

        -- numerics
        actual_cost as cost_amount,

        -- dates
        start_date,
        end_date,

        -- timestamps
        created_date as created_at,
        last_modified_date as updated_at
    from source
)

select * from renamed
