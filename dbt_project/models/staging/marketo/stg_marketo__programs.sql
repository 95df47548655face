-- Grain: one row per program, its newest version.
with

source as (
    select * from {{ newest_version(source('marketo', 'programs')) }}
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

        -- booleans
        fivetran_deleted as is_deleted,

        -- numerics
        cost as cost_amount,

        -- dates
        start_date,
        end_date,

        -- timestamps
        created_at,
        updated_at
    from source
)

select * from renamed
