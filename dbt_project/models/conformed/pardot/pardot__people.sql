-- Grain: one row per prospect and version.
-- Pardot ticks do-not-e-mail itself where a mail bounced: undeliverable says nothing of consent.
with

prospects as (select * from {{ ref('stg_pardot__prospects') }}),

bounces as (
    select
        prospect_id,
        min(occurred_at) as bounced_at
    from {{ ref('stg_pardot__visitor_activities') }}
    where activity_type_id = 13
    group by prospect_id
),

judged as (
    select
        prospects.*,
        coalesce(prospects.has_hard_bounced, false)
        or coalesce(bounces.bounced_at < coalesce(prospects.valid_to, {{ as_of() }}), false) as has_bounced
    from prospects
    left join bounces on prospects.prospect_id = bounces.prospect_id
)

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
    self_reported_source,
    'salesforce:' || salesforce_owner_id as owner_id,
    'salesforce:' || salesforce_account_id as account_record_id,
    'synced_account' as account_link,
    ga_client_id as web_client_id,
    case
        when has_opted_out then true
        when is_do_not_email then case when not has_bounced then true end
        when coalesce(has_opted_out, is_do_not_email) is not null then false
    end as is_opted_out,
    has_hard_bounced as is_undeliverable,
    case when has_hard_bounced then email_bounced_at end as undeliverable_at,
    is_do_not_email as is_mail_suspended,
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
from judged
