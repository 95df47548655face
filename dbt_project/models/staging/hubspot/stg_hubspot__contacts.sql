-- Grain: one row per contact and version.
with

source as (
    select * from {{ every_version(source('hubspot', 'contacts')) }}
),

renamed as (
    select
        -- ids
        id as contact_id,
        hubspot_owner_id as owner_id,
        associatedcompanyid as company_id,
        salesforceleadid as salesforce_lead_id,
        salesforcecontactid as salesforce_contact_id,
        ga_client_id,

        -- strings
        email,
        firstname as first_name,
        lastname as last_name,
        company as company_name,
        jobtitle as job_title,
        phone,
        country,
        state,
        industry,
        lifecyclestage as lifecycle_stage,
        hs_lead_status as lead_status,
        unqualified_reason,
        hs_analytics_source as lead_source,
        hs_buying_role as buying_roles,
        how_did_you_hear_about_us as self_reported_source,
        hs_merged_object_ids as merged_contact_ids,
        hs_additional_emails as further_emails,
        hs_email_hard_bounce_reason_enum as hard_bounce_reason,
        hs_marketable_status as marketable_status,

        -- booleans
        hs_email_optout as is_unsubscribed,
        hs_email_bad_address as is_address_bad,
        hs_email_quarantined as is_address_quarantined,
        coalesce(_is_removed, fivetran_deleted) as is_deleted,

        -- numerics
        hubspotscore as lead_score,

        -- timestamps
        hs_lifecyclestage_marketingqualifiedlead_date as mql_at,
        hs_lifecyclestage_salesqualifiedlead_date as sql_at,
        first_conversion_date as first_conversion_at,
        createdate as created_at,
        updated_at,

        -- version
        _valid_from as valid_from,
        _valid_to as valid_to,
        {{- staged_custom_fields('people', 'hubspot.contacts') }}
        _is_newest as is_newest
    from source
)

select * from renamed
