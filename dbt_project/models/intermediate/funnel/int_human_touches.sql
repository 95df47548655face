-- Grain: one row per task, call or meeting by a human on a person record.
-- What is planned for later has not touched anybody yet.
with

touches as (select * from {{ ref('human_touches') }})

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
