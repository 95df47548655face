-- Grain: one row per system and stage of its opportunities: what the system delivers of it comes before the seed.
with

governed as (select * from {{ ref('opportunity_stages') }}),

delivered as (select * from {{ ref('sales_stages') }}),

listed as (
    select system, stage_name from governed
    union
    select system, stage_name from delivered
)

select
    listed.system,
    listed.stage_name,
    coalesce(governed.stage_order, delivered.stage_order) as stage_order,
    coalesce(governed.is_pending_acceptance, false) as is_pending_acceptance,
    coalesce(delivered.is_closed, governed.is_closed) as is_closed,
    coalesce(delivered.is_won, governed.is_won) as is_won
from listed
left join governed on listed.system = governed.system and listed.stage_name = governed.stage_name
left join delivered on listed.system = delivered.system and listed.stage_name = delivered.stage_name
