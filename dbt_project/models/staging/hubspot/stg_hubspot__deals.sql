-- Grain: one row per deal, its newest version.
with

source as (
    select * from {{ newest_version(source('hubspot', 'deals')) }}
),

renamed as (
    select
        -- ids
        deal_id,
        dealstage as stage_id,
        pipeline as pipeline_id,
        hubspot_owner_id as owner_id,

        -- strings
        dealname as deal_name,
        deal_currency_code as currency_code,
        dealtype as deal_type,

        -- booleans
        hs_is_closed_won as is_won,
        hs_is_closed as is_closed,
        is_deleted,

        -- numerics
        amount,

        -- dates
        closedate as close_date,

        -- timestamps
        createdate as created_at,
        updated_at
    from source
)

select * from renamed
