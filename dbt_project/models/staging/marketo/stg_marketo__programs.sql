-- Grain: one row per program and version.
with

source as (
    select * from {{ every_version(source('marketo', 'programs')) }}
),

renamed as (
    select
        -- ids
        id as program_id,
        sfdc_id as salesforce_campaign_id,

        -- strings
        name as program_name,
        type as program_type,
        channel,
        status,
        workspace,
        url,
        costs as listed_costs,

        -- booleans
        coalesce(_is_removed, fivetran_deleted) as is_deleted,

        -- numerics
        cost as cost_amount,

        -- dates
        start_date,
        end_date,

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
