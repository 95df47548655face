-- Grain: one row per form sent.
with

submissions as (select * from {{ ref('stg_plume__submissions') }})

select
    submission_id as source_record_id,
    'plume:subscriber:' || cast(subscriber_id as string) as person_record_id,
    sent_at as filled_at,
    form_name,
    page_url as tagged_url
from submissions
