-- Grain: one row per lead or contact and version.
with

leads as (select * from {{ ref('stg_salesforce__leads') }}),

contacts as (select * from {{ ref('stg_salesforce__contacts') }}),

united as (
    select
        'lead' as record_type,
        lead_id as record_id,
        email,
        first_name,
        last_name,
        company_name,
        job_title,
        phone,
        country,
        state,
        industry,
        lead_source,
        lead_status,
        disqualified_reason as status_reason,
        owner_id as source_owner_id,
        converted_account_id as account_id,
        'converted_account' as account_link,
        ga_client_id as web_client_id,
        is_unsubscribed as is_opted_out,
        'salesforce:contact:' || converted_contact_id as converted_record_id,
        'salesforce:' || converted_opportunity_id as converted_opportunity_id,
        converted_date,
        master_record_id,
        mql_at,
        created_at,
        updated_at,
        is_deleted,
        valid_from,
        valid_to,
        {{- conformed_custom_fields('people', 'salesforce.lead') }}
        is_newest
    from leads
    union all
    select
        'contact' as record_type,
        contact_id as record_id,
        email,
        first_name,
        last_name,
        cast(null as string) as company_name,
        job_title,
        phone,
        country,
        state,
        cast(null as string) as industry,
        lead_source,
        contact_status as lead_status,
        disqualified_reason as status_reason,
        owner_id as source_owner_id,
        account_id,
        'contact_account' as account_link,
        ga_client_id as web_client_id,
        is_unsubscribed as is_opted_out,
        cast(null as string) as converted_record_id,
        cast(null as string) as converted_opportunity_id,
        cast(null as date) as converted_date,
        master_record_id,
        mql_at,
        created_at,
        updated_at,
        is_deleted,
        valid_from,
        valid_to,
        {{- conformed_custom_fields('people', 'salesforce.contact') }}
        is_newest
    from contacts
)

select
    *,
    'salesforce:' || record_type || ':' || record_id as person_record_id,
    'salesforce:' || source_owner_id as owner_id,
    'salesforce:' || account_id as account_record_id,
    'salesforce:' || record_type || ':' || master_record_id as merged_into_record_id
from united
