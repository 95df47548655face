-- Grain: one row per contact and version.
with

source as (
    select * from {{ every_version(source('salesforce', 'contact')) }}
),

renamed as (
    select
        -- ids
        id as contact_id,
        account_id,
        owner_id,
        master_record_id,

        -- strings
        email,
        first_name,
        last_name,
        title as job_title,
        phone,
        mailing_country as country,
        mailing_state as state,
        lead_source,
        how_did_you_hear_about_us as self_reported_source,
        contact_status,
        disqualified_reason,
        ga_client_id,

        -- booleans
        has_opted_out_of_email as is_unsubscribed,
        coalesce(_is_removed, is_deleted) as is_deleted,

        -- timestamps
        mql_date as mql_at,
        created_date as created_at,
        last_modified_date as updated_at,

        -- version
        _valid_from as valid_from,
        _valid_to as valid_to,
        {{- staged_custom_fields('people', 'salesforce.contact') }}
        _is_newest as is_newest
    from source
)

select * from renamed
