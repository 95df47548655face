-- Grain: one row per delivered person record of a system, before identity.
with

marketo_leads as (select * from {{ ref('stg_marketo__leads') }}),

marketo_deletions as (
    -- A lead may be deleted on two paths; the first one is the deletion.
    select lead_id, min(activity_at) as deleted_at
    from {{ ref('stg_marketo__activities') }}
    where activity_type_id in (29, 37)
    group by lead_id
),

salesforce_leads as (select * from {{ ref('stg_salesforce__leads') }}),

salesforce_contacts as (select * from {{ ref('stg_salesforce__contacts') }}),

hubspot_contacts as (select * from {{ ref('stg_hubspot__contacts') }}),

email_providers as (select * from {{ ref('email_providers') }}),

united as (
    select
        'marketo' as system, 'lead' as record_type, cast(leads.lead_id as string) as record_id, leads.email,
        leads.first_name, leads.last_name, leads.company_name, leads.job_title, leads.country, leads.state,
        leads.industry, leads.lead_source, leads.lead_status, leads.lifecycle_stage, cast(null as string) as owner_id,
        'salesforce:' || leads.salesforce_account_id as account_record_id, leads.ga_client_id,
        deletions.lead_id is not null as is_deleted, deletions.deleted_at,
        coalesce(leads.is_unsubscribed, false) as is_unsubscribed, leads.created_at, leads.updated_at, leads.mql_at,
        leads.lead_score, leads.fit_score, leads.engagement_score
    from marketo_leads as leads
    left join marketo_deletions as deletions on leads.lead_id = deletions.lead_id
    union all
    select
        'salesforce', 'lead', lead_id, email,
        first_name, last_name, company_name, job_title, country, state,
        industry, lead_source, lead_status, cast(null as string), owner_id,
        'salesforce:' || converted_account_id, cast(null as string),
        coalesce(is_deleted, false), case when is_deleted then updated_at end,
        coalesce(is_unsubscribed, false), created_at, updated_at, mql_at,
        cast(null as bigint), cast(null as bigint), cast(null as bigint)
    from salesforce_leads
    union all
    select
        'salesforce', 'contact', contact_id, email,
        first_name, last_name, cast(null as string), job_title, country, state,
        cast(null as string), lead_source, cast(null as string), cast(null as string), owner_id,
        'salesforce:' || account_id, cast(null as string),
        coalesce(is_deleted, false), case when is_deleted then updated_at end,
        coalesce(is_unsubscribed, false), created_at, updated_at, cast(null as timestamp),
        cast(null as bigint), cast(null as bigint), cast(null as bigint)
    from salesforce_contacts
    union all
    select
        'hubspot', 'contact', cast(contact_id as string), email,
        first_name, last_name, company_name, job_title, country, state,
        industry, lead_source, lead_status, lifecycle_stage, cast(owner_id as string),
        'hubspot:' || cast(company_id as string), ga_client_id,
        coalesce(is_deleted, false), case when is_deleted then updated_at end,
        coalesce(is_unsubscribed, false), created_at, updated_at, mql_at,
        lead_score, cast(null as bigint), cast(null as bigint)
    from hubspot_contacts
),

trimmed as (
    select
        *,
        system || ':' || record_type || ':' || record_id as person_record_id,
        system || ':' || record_id as system_record_id,
        {{ normalize_email('email') }} as email_trimmed
    from united
),

checked as (
    select *, coalesce({{ is_email_shaped('email_trimmed') }}, false) as is_email_valid
    from trimmed
),

final as (
    select
        checked.*,
        case
            when checked.is_email_valid then {{ email_folded('checked.email_trimmed', 'providers') }}
            else checked.email_trimmed
        end as email_normalized
    from checked
    left join email_providers as providers on {{ split_part('checked.email_trimmed', '@', 2) }} = providers.email_domain
)

select * from final
