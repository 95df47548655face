-- Grain: one row per lead and version.
with

source as (
    select * from {{ every_version(source('salesforce', 'lead')) }}
),

renamed as (
    select
        -- ids
        id as lead_id,
        owner_id,
        converted_contact_id,
        converted_account_id,
        converted_opportunity_id,
        master_record_id,

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
        status as lead_status,
        rating,
        disqualified_reason,
        ga_client_id,

        -- booleans
        is_converted,
        has_opted_out_of_email as is_unsubscribed,
        coalesce(_is_removed, is_deleted) as is_deleted,

        -- numerics
        number_of_employees as employee_count,

        -- dates
        converted_date,

        -- timestamps
        mql_date as mql_at,
        created_date as created_at,
        last_modified_date as updated_at,

        -- version
        _valid_from as valid_from,
        _valid_to as valid_to,
        {{- staged_custom_fields('people', 'salesforce.lead') }}
        _is_newest as is_newest
    from source
)

select * from renamed
