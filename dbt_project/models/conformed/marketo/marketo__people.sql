-- Grain: one row per lead and version.
with

leads as (select * from {{ ref('stg_marketo__leads') }})

select
    'lead' as record_type,
    cast(lead_id as string) as record_id,
    'marketo:lead:' || cast(lead_id as string) as person_record_id,
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
    lifecycle_stage,
    'salesforce:' || salesforce_account_id as account_record_id,
    'synced_account' as account_link,
    ga_client_id as web_client_id,
    is_unsubscribed as is_opted_out,
    is_email_invalid as is_undeliverable,
    -- Either of them holds mail back; where only one was delivered it alone tells.
    case
        when is_marketing_suspended or is_block_listed then true
        else coalesce(is_marketing_suspended, is_block_listed)
    end as is_mail_suspended,
    mql_at,
    lead_score as total_score,
    fit_score,
    engagement_score,
    sync_error,
    created_at,
    updated_at,
    is_deleted,
    valid_from,
    valid_to,
    {{- conformed_custom_fields('people', 'marketo.leads') }}
    is_newest
from leads
