-- Grain: one row per call, task, meeting or mail of an owner that no automation wrote.
with

engagements as (select * from {{ ref('stg_hubspot__engagements') }})

select
    'engagement' as object,
    'human_engagement' as field,
    'hubspot:contact:' || cast(contact_id as string) as person_record_id,
    cast(engagement_id as string) as source_record_id,
    'hubspot:' || cast(owner_id as string) as owner_id,
    coalesce(engaged_at, created_at) as occurred_at
from engagements
where
    contact_id is not null
    and owner_id is not null
    and upper(engagement_type) in ('CALL', 'TASK', 'MEETING', 'EMAIL')
    and upper(coalesce(engagement_source, 'CRM_UI')) not in ('AUTOMATION_PLATFORM', 'WORKFLOWS', 'BATCH_UPDATE')
