-- Grain: one row per task, call or meeting by a human on a person record.
with

tasks as (select * from {{ ref('stg_salesforce__tasks') }}),

users as (select * from {{ ref('stg_salesforce__users') }}),

engagements as (select * from {{ ref('stg_hubspot__engagements') }}),

touches as (
    select
        'salesforce' as system,
        'task' as object,
        'human_task' as field,
        case when tasks.who_id like '00Q%' then 'salesforce:lead:' else 'salesforce:contact:' end || tasks.who_id
            as person_record_id,
        tasks.task_id as source_record_id,
        coalesce(tasks.created_by_id, tasks.owner_id) as owner_id,
        coalesce(tasks.completed_at, tasks.created_at) as occurred_at
    from tasks
    left join users on coalesce(tasks.created_by_id, tasks.owner_id) = users.user_id
    where
        not coalesce(tasks.is_deleted, false)
        and (tasks.who_id like '00Q%' or tasks.who_id like '003%')
        and coalesce(users.user_type, 'Standard') = 'Standard'
    union all
    select
        'hubspot',
        'engagement',
        'human_engagement',
        'hubspot:contact:' || cast(contact_id as string),
        cast(engagement_id as string),
        cast(owner_id as string),
        coalesce(engaged_at, created_at)
    from engagements
    where
        contact_id is not null
        and owner_id is not null
        and upper(engagement_type) in ('CALL', 'TASK', 'MEETING', 'EMAIL')
        and upper(coalesce(engagement_source, 'CRM_UI')) not in ('AUTOMATION_PLATFORM', 'WORKFLOWS', 'BATCH_UPDATE')
),

-- What is planned for later has not touched anybody yet.
final as (
    select
        system,
        object,
        field,
        person_record_id,
        source_record_id,
        owner_id,
        occurred_at
    from touches
    where occurred_at <= {{ as_of() }}
)

select * from final
