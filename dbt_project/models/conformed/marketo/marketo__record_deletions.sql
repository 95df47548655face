-- Grain: one row per activity that deletes a lead (37), however it was delivered: the list of deletions may name it by
-- another id, and a lead goes once.
-- What deletes it from the CRM alone (29) leaves it in Marketo.
with

activities as (select * from {{ ref('marketo__activities') }} where activity_type_id = 37),

deleted_leads as (
    select deleted_leads.*
    from {{ ref('stg_marketo__deleted_leads') }} as deleted_leads
    left join activities on deleted_leads.activity_id = activities.activity_id
    left join activities as deletions
        on
            deleted_leads.lead_id = deletions.lead_id
            and date_trunc('second', deleted_leads.deleted_at) = date_trunc('second', deletions.activity_at)
    where activities.activity_id is null and deletions.activity_id is null
)

select
    'marketo:lead:' || cast(lead_id as string) as person_record_id,
    activity_id as source_record_id,
    activity_at as deleted_at
from activities
union all
select
    'marketo:lead:' || cast(lead_id as string) as person_record_id,
    activity_id as source_record_id,
    deleted_at
from deleted_leads
