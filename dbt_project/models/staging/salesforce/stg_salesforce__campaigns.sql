-- Grain: one row per campaign and version.
with

source as (
    select * from {{ every_version(source('salesforce', 'campaign')) }}
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
        coalesce(_is_removed, is_deleted) as is_deleted,

        -- numerics
        actual_cost as cost_amount,
        budgeted_cost as budget_amount,

        -- dates
        start_date,
        end_date,

        -- timestamps
        created_date as created_at,
        last_modified_date as updated_at,

        -- version
        _valid_from as valid_from,
        _valid_to as valid_to,
        _is_newest as is_newest
    from source
)

select * from renamed
