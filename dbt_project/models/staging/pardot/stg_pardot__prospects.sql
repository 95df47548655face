-- Grain: one row per prospect and version.
with

source as (
    select * from {{ every_version(source('pardot', 'prospect')) }}
),

renamed as (
    select
        -- ids
        id as prospect_id,
        campaign_id,
        prospect_account_id,
        user_id,
        crm_lead_fid as salesforce_lead_id,
        crm_contact_fid as salesforce_contact_id,
        crm_account_fid as salesforce_account_id,
        crm_owner_fid as salesforce_owner_id,
        salesforce_id as salesforce_record_id,
        ga_client_id,

        -- strings
        email,
        first_name,
        last_name,
        company as company_name,
        job_title,
        phone,
        country,
        state,
        industry,
        website,
        source as lead_source,
        how_did_you_hear_about_us as self_reported_source,
        lifecycle_stage,
        territory,
        grade,
        recent_interaction,

        -- booleans
        is_do_not_email,
        is_do_not_call,
        opted_out as has_opted_out,
        is_email_hard_bounced as has_hard_bounced,
        _is_removed as is_deleted,

        -- numerics
        employees as employee_count,
        score as lead_score,

        -- timestamps
        mql_at,
        last_activity_at,
        email_bounced_at,
        crm_last_sync as last_synced_at,
        created_at,
        updated_at,

        -- version
        _valid_from as valid_from,
        _valid_to as valid_to,
        {{- staged_custom_fields('people', 'pardot.prospect') }}
        _is_newest as is_newest
    from source
)

select * from renamed
