-- Grain: one row per stage (of the person funnel, or `opportunity`) and entity that reached it, with its first win from
-- then on. An opportunity's win is that of its primary person; one that was won or lost before somebody entered it was
-- there by then. A person who lost a deal may come back with another, an opportunity is lost for good.
with

reaches as (select * from {{ ref('int_funnel_reaches') }} where funnel = 'person'),

stage_conversions as (select * from {{ ref('stage_conversions') }}),

opportunities as (
    select * from {{ ref('int_opportunities_united') }}
    where not coalesce(is_deleted, false) and created_at <= {{ as_of() }}
),

amounts as (select * from {{ ref('int_opportunity_amounts') }}),

milestones as (select * from {{ ref('int_opportunity_milestones') }}),

opportunity_people as (select * from {{ ref('int_opportunity_people') }} where is_primary),

stages as (select distinct from_stage as stage from stage_conversions),

dated as (
    select
        opportunities.opportunity_id,
        opportunity_people.person_id,
        {{ reporting_date('opportunities.created_at') }} as created_date,
        case
            when opportunities.is_closed and not coalesce(opportunities.is_won, false)
                then least(
                    coalesce({{ reporting_date('milestones.last_closed_at') }}, opportunities.close_date),
                    {{ reporting_date(as_of()) }}
                )
        end as lost_date,
        amounts.won_date,
        amounts.won_amount_usd as won_usd
    from opportunities
    left join amounts on opportunities.opportunity_id = amounts.opportunity_id
    left join milestones on opportunities.opportunity_id = milestones.opportunity_id
    left join opportunity_people on opportunities.opportunity_id = opportunity_people.opportunity_id
),

-- What is dated tomorrow has not been won.
wins as (select * from dated where won_date <= {{ reporting_date(as_of()) }}),

reached as (
    select
        reaches.stage,
        reaches.entity_id,
        {{ reporting_date('reaches.first_reached_at') }} as reached_date
    from reaches
    inner join stages on reaches.stage = stages.stage
),

paired as (
    select
        reached.*,
        wins.won_date,
        wins.won_usd,
        row_number() over (
            partition by reached.stage, reached.entity_id order by wins.won_date asc nulls last, wins.opportunity_id asc
        ) as place
    from reached
    left join wins on reached.entity_id = wins.person_id and reached.reached_date <= wins.won_date
)

select stage, entity_id, reached_date, won_date, won_usd, cast(null as date) as lost_date
from paired
where place = 1
union all
select
    'opportunity',
    dated.opportunity_id,
    case
        when coalesce(wins.won_date, dated.lost_date) < dated.created_date then coalesce(wins.won_date, dated.lost_date)
        else dated.created_date
    end,
    wins.won_date,
    wins.won_usd,
    dated.lost_date
from dated
left join wins on dated.opportunity_id = wins.opportunity_id
