-- Grain: one row per lead or contact and version.
with

leads as (select * from {{ ref('stg_salesforce__leads') }}),

contacts as (select * from {{ ref('stg_salesforce__contacts') }}),

conversions as (select * from {{ ref('salesforce__conversions') }}),

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
        self_reported_source,
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
        self_reported_source,
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
    united.*,
    case when united.converted_date is not null then conversions.converted_at end as converted_at,
    'salesforce:' || united.record_type || ':' || united.record_id as person_record_id,
    'salesforce:' || united.source_owner_id as owner_id,
    'salesforce:' || united.account_id as account_record_id,
    'salesforce:' || united.record_type || ':' || united.master_record_id as merged_into_record_id
from united
left join conversions on united.record_type = 'lead' and united.record_id = conversions.lead_id
