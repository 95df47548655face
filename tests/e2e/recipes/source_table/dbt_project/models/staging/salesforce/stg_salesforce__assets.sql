-- Grain: one row per asset, its newest version.
with

source as (
    select * from {{ newest_version(source('salesforce', 'asset')) }}
),

renamed as (
    select
        -- ids
        id as asset_id,
        account_id,

        -- strings
        name as asset_name,

        -- booleans
        _is_removed as is_deleted,

        -- numerics
        price,

        -- timestamps
        last_modified_date as updated_at
    from source
)

select * from renamed
