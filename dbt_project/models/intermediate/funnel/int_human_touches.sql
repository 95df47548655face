-- Grain: one row per task, call or meeting that a human had with a person record.
-- What is planned for later has not touched anybody yet; a mail is none, whoever logged it.
with

touches as (select * from {{ ref('human_touches') }}),

owners as (select * from {{ ref('int_sales_owners') }}),

rules as (select * from {{ ref('automation_rules') }})

select
    touches.system,
    touches.object,
    touches.field,
    touches.person_record_id,
    touches.source_record_id,
    touches.owner_id,
    touches.occurred_at
from touches
left join owners on touches.owner_id = owners.owner_id
where
    touches.occurred_at <= {{ as_of() }}
    and touches.touch_kind <> 'mail'
    and coalesce(touches.is_done, true)
    and coalesce(owners.owner_kind, 'human') = 'human'
    and not exists (
        select 1
        from rules
        where
            (rules.attribute = 'subject' and lower(trim(touches.subject)) like rules.pattern)
            or (rules.attribute = 'record_source' and lower(trim(touches.record_source)) like rules.pattern)
    )
