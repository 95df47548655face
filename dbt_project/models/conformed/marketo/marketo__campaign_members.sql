-- Grain: one row per program, lead and version.
with

members as (select * from {{ ref('stg_marketo__program_members') }})

select
    'program_member' as object,
    cast(program_id as string) || ':' || cast(lead_id as string) as source_record_id,
    'marketo:lead:' || cast(lead_id as string) as person_record_id,
    'marketo:' || cast(program_id as string) as campaign_id,
    member_status,
    has_reached_success as has_responded,
    reached_success_at as responded_at,
    cast(null as date) as responded_date,
    joined_at,
    is_deleted,
    valid_from,
    valid_to,
    is_newest
from members
