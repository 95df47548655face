-- Grain: one row per task or meeting with a lead or contact.
-- Of a task without an instant of completion the first version that is closed tells it, where an open one came before.
-- What was logged as done is its author's; what was done later is its owner's, whatever workflow made it.
with

task_versions as (select * from {{ ref('stg_salesforce__tasks') }}),

events as (select * from {{ ref('stg_salesforce__events') }} where not coalesce(is_child, false)),

judged as (
    select
        *,
        case
            when is_closed is not null then is_closed
            when completed_at is not null then true
            when status is not null then lower(trim(status)) = 'completed'
        end as is_done
    from task_versions
),

closings as (
    select
        task_id,
        case when max(case when not is_done then 1 else 0 end) = 1 then min(case when is_done then valid_from end) end
            as closed_at
    from judged
    group by task_id
),

united as (
    select
        'task' as object,
        'human_task' as field,
        case
            when
                {{ value_spelling('judged.task_subtype') }} in ('email', 'listemail')
                or {{ value_spelling('judged.task_type') }} like '%email%'
                then 'mail'
            when lower(coalesce(judged.task_subtype, judged.task_type)) = 'call' or judged.call_type is not null
                then 'call'
            else 'task'
        end as touch_kind,
        judged.subject,
        judged.is_done,
        judged.who_id,
        judged.task_id as source_record_id,
        case
            when
                coalesce(judged.completed_at, closings.closed_at)
                > coalesce({{ add_seconds('judged.created_at', 60) }}, cast('9999-12-31' as timestamp))
                then coalesce(judged.owner_id, judged.created_by_id)
            else coalesce(judged.created_by_id, judged.owner_id)
        end as user_id,
        coalesce(judged.completed_at, closings.closed_at, judged.created_at) as occurred_at
    from judged
    inner join closings on judged.task_id = closings.task_id
    where judged.is_newest and not coalesce(judged.is_deleted, false)
    union all
    select
        'event' as object,
        'human_event' as field,
        'meeting' as touch_kind,
        subject,
        cast(null as boolean) as is_done,
        who_id,
        event_id as source_record_id,
        owner_id as user_id,
        coalesce(starts_at, {{ day_end('activity_date') }}) as occurred_at
    from events
    where not coalesce(is_deleted, false)
)

select
    object,
    field,
    touch_kind,
    subject,
    is_done,
    case when who_id like '00Q%' then 'salesforce:lead:' else 'salesforce:contact:' end || who_id as person_record_id,
    source_record_id,
    'salesforce:' || user_id as owner_id,
    occurred_at
from united
where (who_id like '00Q%' or who_id like '003%') and occurred_at is not null
