-- Grain: one row per system and stage of its opportunities: what the system delivers of it comes before the seed, and
-- the seed before what opportunities in the stage say of themselves. Case, blanks and underscores mean nothing.
with

governed as (select * from {{ ref('opportunity_stages') }}),

delivered as (select * from {{ ref('sales_stages') }}),

changes as (select * from {{ ref('opportunity_changes') }}),

stated as (
    select
        system,
        stage_name,
        {{ newest_known('is_closed') }} as is_closed,
        {{ newest_known('is_won') }} as is_won
    from {{ ref('opportunities') }}
    where stage_name is not null
    group by system, stage_name
),

listed as (
    select system, stage_name from governed
    union
    select system, stage_name from delivered
    union
    select system, stage_name from stated
    union
    select system, stage_name from changes where stage_name is not null
)

select
    listed.system,
    listed.stage_name,
    coalesce(governed.stage_order, delivered.stage_order) as stage_order,
    coalesce(governed.is_pending_acceptance, false) as is_pending_acceptance,
    coalesce(delivered.is_closed, governed.is_closed, stated.is_closed) as is_closed,
    coalesce(delivered.is_won, governed.is_won, stated.is_won) as is_won
from listed
left join governed
    on
        listed.system = governed.system
        and {{ value_spelling('listed.stage_name') }} = {{ value_spelling('governed.stage_name') }}
left join delivered
    on
        listed.system = delivered.system
        and {{ value_spelling('listed.stage_name') }} = {{ value_spelling('delivered.stage_name') }}
left join stated on listed.system = stated.system and listed.stage_name = stated.stage_name
