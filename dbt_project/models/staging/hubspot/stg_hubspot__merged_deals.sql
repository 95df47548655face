-- Grain: one row per surviving deal and deal merged into it.
with

source as (
    select * from {{ newest_version(source('hubspot', 'merged_deals')) }}
),

renamed as (
    select
        -- ids
        deal_id as surviving_deal_id,
        merged_deal_id
    from source
)

select * from renamed
