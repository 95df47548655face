-- Grain: one row per record and error that the sync between MAP and CRM left on it.
with

versions as (
    select * from {{ ref('stg_marketo__lead_versions') }}
    where sync_error is not null and updated_at <= {{ as_of() }}
),

leads as (select * from {{ ref('stg_marketo__leads') }}),

person_records as (select * from {{ ref('int_person_records') }}),

obligations as (select * from {{ ref('int_sync_obligations') }} where to_system = 'salesforce'),

families as (select * from {{ ref('sync_error_families') }}),

-- Messages quote what people typed: addresses and digits go.
shown as (
    select
        lead_id,
        sync_error,
        updated_at,
        {{ safe_text('substr(' ~ replace_all(mask_emails('sync_error'), '[0-9]', '9') ~ ', 1, 300)') }} as error_text
    from versions
),

errors as (
    select
        'marketo:lead:' || cast(shown.lead_id as string) as person_record_id,
        shown.error_text,
        min(shown.updated_at) as first_seen_at,
        max(shown.updated_at) as last_seen_at,
        max(case when leads.sync_error = shown.sync_error then 1 else 0 end) = 1 as is_last_word
    from shown
    inner join leads on shown.lead_id = leads.lead_id
    group by shown.lead_id, shown.error_text
),

messages as (select distinct error_text from errors),

classified as (
    select messages.error_text, min(families.priority) as priority
    from messages
    inner join families on lower(messages.error_text) like families.pattern
    group by messages.error_text
)

select
    {{ hash_key(['errors.person_record_id', 'errors.error_text']) }} as sync_error_id,
    'marketo' as from_system,
    'salesforce' as to_system,
    errors.person_record_id,
    person_records.person_id,
    families.error_family,
    nullif(regexp_extract(errors.error_text, '^([A-Z][A-Z_]+)', 1), '') as error_code,
    errors.error_text,
    families.owner,
    families.remedy,
    errors.is_last_word and not person_records.is_deleted and not person_records.is_merged_away as is_open,
    obligations.sync_status,
    errors.first_seen_at,
    errors.last_seen_at
from errors
inner join classified on errors.error_text = classified.error_text
inner join families on classified.priority = families.priority
inner join person_records on errors.person_record_id = person_records.person_record_id
left join obligations on errors.person_record_id = obligations.person_record_id
