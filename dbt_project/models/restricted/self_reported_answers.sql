-- Grain: one row per person who answered how they heard of us.
select
    person_id,
    told_source,
    told_at,
    self_reported_source
from {{ ref('int_self_reported_sources') }}
