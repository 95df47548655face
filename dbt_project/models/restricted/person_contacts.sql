-- Grain: one row per delivered record of a person that is there still.
with

records as (
    select * from {{ ref('int_person_records') }}
    where is_delivered and not is_deleted and not is_merged_away and record_type <> 'web_client'
),

record_links as (select * from {{ ref('record_links') }})

select
    records.person_record_id,
    records.person_id,
    records.system,
    records.record_type,
    nullif(trim(coalesce(records.first_name, '') || ' ' || coalesce(records.last_name, '')), '') as full_name,
    records.email_normalized as email,
    records.phone_digits,
    records.company_name,
    records.job_title,
    records.owner_id,
    replace(record_links.url, '{id}', records.record_id) as record_url
from records
left join record_links on records.system = record_links.system and records.record_type = record_links.record_type
