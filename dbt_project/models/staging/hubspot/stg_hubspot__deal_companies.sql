-- Grain: one row per deal, company and association type, its newest version.
with

source as (
    select * from {{ newest_version(source('hubspot', 'deal_companies')) }}
),

renamed as (
    select
        -- ids
        deal_id,
        company_id,
        type_id as association_type_id,

        -- strings
        category
    from source
)

select * from renamed
