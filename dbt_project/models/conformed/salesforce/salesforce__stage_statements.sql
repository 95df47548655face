-- Grain: one row per tracked change of a lead's field, and per lead what the first change of its status replaced: that
-- has held since the creation, unless an earlier version tells of another. It is the lead's own word, without a stamp.
with

lead_history as (select * from {{ ref('stg_salesforce__lead_history') }}),

leads as (select * from {{ ref('stg_salesforce__leads') }}),

created as (
    select lead_id, min(created_at) as created_at
    from leads
    group by lead_id
),

status_changes as (
    select
        *,
        lower(field_name) as tracked_field
    from lead_history
    where lower(field_name) = 'status'
)

select
    'lead_history' as object,
    field_name as field,
    new_value as value,
    'salesforce:lead:' || lead_id as person_record_id,
    coalesce(history_id, lead_id) as source_record_id,
    changed_at as stated_at
from lead_history
union all
select
    'lead',
    'lead_status',
    firsts.old_value,
    'salesforce:lead:' || firsts.lead_id,
    coalesce(firsts.history_id, firsts.lead_id || ' at creation'),
    created.created_at
from {{ first_changes('status_changes', of='lead_id', field='tracked_field') }} as firsts
inner join created on firsts.lead_id = created.lead_id
where
    firsts.old_value is not null
    and firsts.changed_at > created.created_at
    and not exists (
        select 1 from leads
        where
            firsts.lead_id = leads.lead_id
            and leads.valid_from < firsts.changed_at
            and {{ value_spelling('leads.lead_status') }} <> {{ value_spelling('firsts.old_value') }}
    )
