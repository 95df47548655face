-- Grain: one row per stage (of the person funnel, or `opportunity`) and entity that reached it, with its first win from
-- then on. An opportunity's win is that of its primary person.
with

reaches as (select * from {{ ref('int_funnel_reaches') }} where funnel = 'person'),

stage_conversions as (select * from {{ ref('stage_conversions') }}),

opportunities as (
    select * from {{ ref('int_opportunities_united') }}
    where not coalesce(is_deleted, false) and created_at <= {{ as_of() }}
),

amounts as (select * from {{ ref('int_opportunity_amounts') }}),

opportunity_people as (select * from {{ ref('int_opportunity_people') }} where is_primary),

stages as (select distinct from_stage as stage from stage_conversions),

dated as (
    select
        opportunities.opportunity_id,
        opportunity_people.person_id,
        {{ reporting_date('opportunities.created_at') }} as created_date,
        amounts.won_date,
        amounts.won_amount_usd as won_usd
    from opportunities
    left join amounts on opportunities.opportunity_id = amounts.opportunity_id
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

select stage, entity_id, reached_date, won_date, won_usd
from paired
where place = 1
union all
select
    'opportunity',
    dated.opportunity_id,
    dated.created_date,
    wins.won_date,
    wins.won_usd
from dated
left join wins on dated.opportunity_id = wins.opportunity_id and dated.created_date <= wins.won_date
