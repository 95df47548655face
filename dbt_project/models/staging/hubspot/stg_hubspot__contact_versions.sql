-- Grain: one row per contact and version.
with

source as (
    select * from {{ every_version(source('hubspot', 'contacts')) }}
),

renamed as (
    select
        -- ids
        id as contact_id,
        salesforceleadid as salesforce_lead_id,
        salesforcecontactid as salesforce_contact_id,

        -- booleans
        hs_email_optout as is_unsubscribed,

        -- numerics
        hubspotscore as lead_score,

        -- timestamps
        updated_at
    from source
)

select * from renamed
