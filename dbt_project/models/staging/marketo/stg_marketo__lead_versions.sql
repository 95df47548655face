-- Grain: one row per lead and version.
with

source as (
    select * from {{ every_version(source('marketo', 'leads')) }}
),

renamed as (
    select
        -- ids
        id as lead_id,
        sfdc_lead_id as salesforce_lead_id,

        -- strings
        lifecycle_stage,
        sfdc_sync_error as sync_error,

        -- booleans
        unsubscribed as is_unsubscribed,

        -- numerics
        lead_score,
        demographic_score as fit_score,
        behavior_score as engagement_score,

        -- timestamps
        updated_at
    from source
)

select * from renamed
