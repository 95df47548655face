-- Grain: one row per contact merged away and place that says so: the merge audit, or the survivor's own list.
-- HubSpot takes no merge apart: a loser that a connector delivers again is no sign of it.
with

audit as (select * from {{ ref('stg_hubspot__contact_merges') }}),

contacts as (
    select
        contact_id,
        {{ newest_known('merged_contact_ids') }} as merged_contact_ids,
        max_by(updated_at, case when merged_contact_ids is not null then valid_from end) as updated_at
    from {{ ref('stg_hubspot__contacts') }}
    group by contact_id
)

select
    'hubspot:contact:' || cast(surviving_contact_id as string) as surviving_record_id,
    'hubspot:contact:' || cast(merged_contact_id as string) as merged_record_id,
    'merge audit of ' || cast(surviving_contact_id as string) as evidence_record,
    merged_at,
    false as is_event
from audit
union all
select distinct
    'hubspot:contact:' || cast(contacts.contact_id as string) as surviving_record_id,
    'hubspot:contact:' || listed.item as merged_record_id,
    'contact ' || cast(contacts.contact_id as string) as evidence_record,
    contacts.updated_at as merged_at,
    false as is_event
from contacts
cross join {{ id_list_rows('contacts.merged_contact_ids') }}
where {{ matches('listed.item', '^[1-9][0-9]*$') }}
