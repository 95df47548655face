-- Grain: one row per subscriber and version.
with

subscribers as (select * from {{ ref('stg_plume__subscribers') }})

select
    'subscriber' as record_type,
    cast(subscriber_id as string) as record_id,
    'plume:subscriber:' || cast(subscriber_id as string) as person_record_id,
    email,
    first_name,
    last_name,
    company_name,
    created_at,
    updated_at,
    is_deleted,
    valid_from,
    valid_to,
    is_newest
from subscribers
