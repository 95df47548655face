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
        sfdc_contact_id as salesforce_contact_id,
        sfdc_account_id as salesforce_account_id,
        ga_client_id,

        -- strings
        email,
        first_name,
        last_name,
        company as company_name,
        title as job_title,
        phone,
        country,
        state,
        industry,
        website,
        lead_source,
        how_did_you_hear_about_us as self_reported_source,
        lead_status,
        lifecycle_stage,
        sfdc_sync_error as sync_error,
        cookies,

        -- booleans
        unsubscribed as is_unsubscribed,
        email_invalid as is_email_invalid,
        marketing_suspended as is_marketing_suspended,
        black_listed as is_block_listed,

        -- numerics
        number_of_employees as employee_count,
        lead_score,
        demographic_score as fit_score,
        behavior_score as engagement_score,

        -- timestamps
        mql_at,
        created_at,
        updated_at,

        -- version
        _is_removed as is_deleted,
        _valid_from as valid_from,
        _valid_to as valid_to,
        {{- staged_custom_fields('people', 'marketo.leads') }}
        _is_newest as is_newest
    from source
)

select * from renamed
