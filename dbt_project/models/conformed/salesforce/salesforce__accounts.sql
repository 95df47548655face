-- Grain: one row per account and version.
with

accounts as (select * from {{ ref('stg_salesforce__accounts') }})

select
    'salesforce:' || account_id as account_record_id,
    account_id as record_id,
    account_name,
    website,
    industry,
    account_type,
    country,
    state,
    employee_count,
    annual_revenue_amount,
    'salesforce:' || owner_id as owner_id,
    'salesforce:' || parent_account_id as parent_record_id,
    'salesforce:' || master_record_id as merged_into_record_id,
    created_at,
    updated_at,
    is_deleted,
    valid_from,
    valid_to,
    {{- conformed_custom_fields('accounts', 'salesforce.account') }}
    is_newest
from accounts
