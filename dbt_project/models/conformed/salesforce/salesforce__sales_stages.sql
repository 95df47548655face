-- Grain: one row per opportunity stage.
with

stages as (select * from {{ ref('stg_salesforce__opportunity_stages') }})

select
    stage_name,
    stage_label,
    stage_order,
    is_closed,
    is_won
from stages
