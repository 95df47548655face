-- Grain: one row per basis and opportunity that touches may earn credit for.
with

opportunities as (select * from {{ ref('int_opportunities_united') }}),

milestones as (select * from {{ ref('int_opportunity_milestones') }}),

final as (
    select
        'pipeline' as basis,
        opportunity_id,
        created_at as opportunity_created_at,
        created_at as conversion_at
    from opportunities
    where not is_deleted
    union all
    select
        'revenue',
        opportunities.opportunity_id,
        opportunities.created_at,
        coalesce(milestones.last_closed_at, opportunities.created_at)
    from opportunities
    left join milestones on opportunities.opportunity_id = milestones.opportunity_id
    where
        opportunities.is_won
        and not opportunities.is_deleted
)

select * from final
