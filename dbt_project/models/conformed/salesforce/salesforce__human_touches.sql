-- Grain: one row per task on a lead or contact that no automation wrote.
with

tasks as (select * from {{ ref('stg_salesforce__tasks') }} where is_newest and not coalesce(is_deleted, false)),

users as (select * from {{ ref('stg_salesforce__users') }} where is_newest)

select
    'task' as object,
    'human_task' as field,
    case when tasks.who_id like '00Q%' then 'salesforce:lead:' else 'salesforce:contact:' end || tasks.who_id
        as person_record_id,
    tasks.task_id as source_record_id,
    'salesforce:' || coalesce(tasks.created_by_id, tasks.owner_id) as owner_id,
    coalesce(tasks.completed_at, tasks.created_at) as occurred_at
from tasks
left join users on coalesce(tasks.created_by_id, tasks.owner_id) = users.user_id
where
    (tasks.who_id like '00Q%' or tasks.who_id like '003%')
    and coalesce(users.user_type, 'Standard') = 'Standard'
