-- Grain: one row per contact and version.
with

contacts as (select * from {{ ref('stg_hubspot__contacts') }})

select
    'contact' as record_type,
    cast(contact_id as string) as record_id,
    'hubspot:contact:' || cast(contact_id as string) as person_record_id,
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
    self_reported_source,
    lead_status,
    unqualified_reason as status_reason,
    lifecycle_stage,
    'hubspot:' || cast(owner_id as string) as owner_id,
    'hubspot:' || cast(company_id as string) as account_record_id,
    'synced_account' as account_link,
    ga_client_id as web_client_id,
    is_unsubscribed as is_opted_out,
    case when hard_bounce_reason is not null then true else is_address_bad end as is_undeliverable,
    case
        when is_address_quarantined then true
        when marketable_status is not null then lower(marketable_status) not in ('true', 'marketing contact')
        else is_address_quarantined
    end as is_mail_suspended,
    first_conversion_at as inquiry_at,
    mql_at,
    sql_at,
    lead_score as total_score,
    created_at,
    updated_at,
    is_deleted,
    valid_from,
    valid_to,
    {{- conformed_custom_fields('people', 'hubspot.contacts') }}
    is_newest
from contacts
