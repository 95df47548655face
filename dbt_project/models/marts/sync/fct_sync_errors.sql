-- Grain: one row per record and error that the sync between MAP and CRM left on it.
with

versions as (
    select * from {{ ref('people') }}
    where sync_error is not null and valid_from <= {{ as_of() }}
),

newest as (select person_record_id, sync_error from {{ ref('people') }} where is_newest),

crm as (select min(system) as system from {{ ref('int_system_roles') }} where system_role = 'crm'),

person_records as (select * from {{ ref('int_person_records') }}),

obligations as (
    select obligations.* from {{ ref('int_sync_obligations') }} as obligations
    inner join crm on obligations.to_system = crm.system
),

families as (select * from {{ ref('sync_error_families') }}),

-- Messages quote what people typed: addresses and digits go.
shown as (
    select
        system,
        person_record_id,
        sync_error,
        valid_from,
        {{ safe_text('substr(' ~ replace_all(mask_emails('sync_error'), '[0-9]', '9') ~ ', 1, 300)') }} as error_text
    from versions
),

errors as (
    select
        shown.system,
        shown.person_record_id,
        shown.error_text,
        min(shown.valid_from) as first_seen_at,
        max(shown.valid_from) as last_seen_at,
        max(case when newest.sync_error = shown.sync_error then 1 else 0 end) = 1 as is_last_word
    from shown
    inner join newest on shown.person_record_id = newest.person_record_id
    group by shown.system, shown.person_record_id, shown.error_text
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
    errors.system as from_system,
    coalesce(crm.system, 'unknown') as to_system,
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
cross join crm
inner join classified on errors.error_text = classified.error_text
inner join families on classified.priority = families.priority
inner join person_records on errors.person_record_id = person_records.person_record_id
left join obligations on errors.person_record_id = obligations.person_record_id
