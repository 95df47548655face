-- Grain: one row per lifecycle stage, and one for none.
with

lifecycle_stages as (select * from {{ ref('lifecycle_stages') }})

select
    stage,
    stage_order,
    label as stage_label,
    is_on_path,
    is_holding,
    ends_pass,
    is_repeatable,
    description
from lifecycle_stages
union all
select
    'none' as stage,
    -1 as stage_order,
    'None' as stage_label,
    false as is_on_path,
    false as is_holding,
    false as ends_pass,
    false as is_repeatable,
    'No stage: before the first, after the current one' as description
