-- Grain: one row per deal stage.
-- `closed_won` is what connectors once called closed; a stage is won when its probability is 1.
with

stages as (select * from {{ ref('stg_hubspot__deal_pipeline_stages') }})

select
    stage_id as stage_name,
    stage_name as stage_label,
    display_order as stage_order,
    coalesce(is_closed, is_won) as is_closed,
    case
        when probability_share is not null then probability_share >= 1
        when is_closed is not null then is_won
    end as is_won
from stages
