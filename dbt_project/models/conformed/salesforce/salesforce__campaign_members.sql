-- Grain: one row per campaign member and version.
with

members as (select * from {{ ref('stg_salesforce__campaign_members') }})

select
    'campaign_member' as object,
    campaign_member_id as source_record_id,
    coalesce('salesforce:contact:' || contact_id, 'salesforce:lead:' || lead_id) as person_record_id,
    'salesforce:' || campaign_id as campaign_id,
    member_status,
    has_responded,
    cast(null as timestamp) as responded_at,
    first_responded_date as responded_date,
    created_at as joined_at,
    is_deleted,
    valid_from,
    valid_to,
    is_newest
from members
