-- Grain: one row per task or meeting with a lead or contact that no automation wrote.
with

tasks as (select * from {{ ref('stg_salesforce__tasks') }} where is_newest),

events as (select * from {{ ref('stg_salesforce__events') }} where not coalesce(is_child, false)),

users as (select * from {{ ref('stg_salesforce__users') }} where is_newest),

united as (
    select
        'task' as object,
        'human_task' as field,
        who_id,
        task_id as source_record_id,
        coalesce(created_by_id, owner_id) as user_id,
        coalesce(completed_at, created_at) as occurred_at
    from tasks
    where not coalesce(is_deleted, false)
    union all
    select
        'event' as object,
        'human_event' as field,
        who_id,
        event_id as source_record_id,
        owner_id as user_id,
        coalesce(starts_at, {{ day_end('activity_date') }}) as occurred_at
    from events
    where not coalesce(is_deleted, false)
)

select
    united.object,
    united.field,
    case when united.who_id like '00Q%' then 'salesforce:lead:' else 'salesforce:contact:' end || united.who_id
        as person_record_id,
    united.source_record_id,
    'salesforce:' || united.user_id as owner_id,
    united.occurred_at
from united
left join users on united.user_id = users.user_id
where
    (united.who_id like '00Q%' or united.who_id like '003%')
    and united.occurred_at is not null
    and coalesce(users.user_type, 'Standard') = 'Standard'
