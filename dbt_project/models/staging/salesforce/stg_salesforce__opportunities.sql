-- Grain: one row per opportunity and version.
with

source as (
    select * from {{ every_version(source('salesforce', 'opportunity')) }}
),

renamed as (
    select
        -- ids
        id as opportunity_id,
        account_id,
        campaign_id,
        owner_id,

        -- strings
        name as opportunity_name,
        stage_name,
        currency_iso_code as currency_code,
        type as opportunity_type,
        lead_source,
        loss_reason,

        -- booleans
        is_closed,
        is_won,
        coalesce(_is_removed, is_deleted) as is_deleted,

        -- numerics
        amount,
        probability as probability_percent,

        -- dates
        close_date,

        -- timestamps
        created_date as created_at,
        last_modified_date as updated_at,

        -- version
        _valid_from as valid_from,
        _valid_to as valid_to,
        {{- staged_custom_fields('opportunities', 'salesforce.opportunity') }}
        _is_newest as is_newest
    from source
)

select * from renamed
