-- Grain: one row per deal and version.
with

source as (
    select * from {{ every_version(source('hubspot', 'deals')) }}
),

renamed as (
    select
        -- ids
        deal_id,
        dealstage as stage_id,
        pipeline as pipeline_id,
        hubspot_owner_id as owner_id,
        hs_salesforceopportunityid as salesforce_opportunity_id,
        hs_merged_object_ids as merged_deal_ids,
        contact_ids,
        company_ids,

        -- strings
        dealname as deal_name,
        deal_currency_code as currency_code,
        dealtype as deal_type,
        closed_lost_reason as loss_reason,

        -- booleans
        hs_is_closed_won as is_won,
        hs_is_closed as is_closed,
        coalesce(_is_removed, is_deleted) as is_deleted,

        -- numerics
        amount,
        amount_in_home_currency as home_amount,

        -- dates
        {{ stated_day('closedate') }} as close_date,

        -- timestamps
        createdate as created_at,
        updated_at,

        -- version
        _valid_from as valid_from,
        _valid_to as valid_to,
        {{- staged_custom_fields('opportunities', 'hubspot.deals') }}
        _is_newest as is_newest
    from source
)

select * from renamed
