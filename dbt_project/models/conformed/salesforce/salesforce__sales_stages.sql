-- Grain: one row per opportunity stage.
with

stages as (select * from {{ ref('stg_salesforce__opportunity_stages') }})

select
    stage_name,
    stage_label,
    stage_order,
    coalesce(is_closed, case when is_won or probability_percent >= 100 then true end) as is_closed,
    coalesce(is_won, case when probability_percent >= 100 then true end) as is_won
from stages
