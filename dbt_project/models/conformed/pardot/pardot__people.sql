-- Grain: one row per prospect and version.
with

prospects as (select * from {{ ref('stg_pardot__prospects') }})

select
    'prospect' as record_type,
    cast(prospect_id as string) as record_id,
    'pardot:prospect:' || cast(prospect_id as string) as person_record_id,
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
    'salesforce:' || salesforce_owner_id as owner_id,
    'salesforce:' || salesforce_account_id as account_record_id,
    'synced_account' as account_link,
    ga_client_id as web_client_id,
    case
        when coalesce(has_opted_out, is_do_not_email) is not null
            then coalesce(has_opted_out, false) or coalesce(is_do_not_email, false)
    end as is_opted_out,
    lifecycle_stage,
    mql_at,
    lead_score as total_score,
    created_at,
    updated_at,
    is_deleted,
    valid_from,
    valid_to,
    {{- conformed_custom_fields('people', 'pardot.prospect') }}
    is_newest
from prospects
