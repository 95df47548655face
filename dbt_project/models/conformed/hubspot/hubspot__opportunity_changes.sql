-- Grain: one row per deal and change of its stage, amount or close date; null is "not said".
with

history as (
    select * from {{ ref('stg_hubspot__deal_property_history') }}
    where property_name in ('dealstage', 'amount', 'closedate')
)

select
    'hubspot:' || cast(deal_id as string) as opportunity_id,
    changed_at,
    property_name as field,
    case when property_name = 'dealstage' then property_value end as stage_name,
    case when property_name = 'amount' then {{ try_cast('property_value', 'decimal(18, 2)') }} end as amount,
    case when property_name = 'closedate' then {{ day_in_text('property_value') }} end as close_date
from history
