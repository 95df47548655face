-- Grain: one row per experiment, metric, unit and day of its baseline or test on which something was counted.
with

experiments as (select * from {{ ref('int_experiments') }}),

members as (select * from {{ ref('int_experiment_members') }}),

created as (select * from {{ ref('int_people_created') }}),

reaches as (select * from {{ ref('int_funnel_reaches') }} where funnel = 'person' and stage = 'mql'),

opportunities as (select * from {{ ref('int_experiment_opportunities') }}),

counted as (
    select
        members.experiment_id,
        members.unit_value,
        'people' as metric,
        {{ reporting_date('created.created_at') }} as outcome_date,
        1 as outcome_value
    from members
    inner join created on members.member_id = created.person_id
    where members.member_kind = 'person'
    union all
    select
        members.experiment_id,
        members.unit_value,
        'mqls',
        {{ reporting_date('reaches.first_reached_at') }},
        1
    from members
    inner join reaches on members.member_id = reaches.entity_id
    where members.member_kind = 'person'
    union all
    select experiment_id, unit_value, 'opportunities', created_date, 1 from opportunities
    union all
    select experiment_id, unit_value, 'pipeline', created_date, amount_usd from opportunities
    union all
    select experiment_id, unit_value, 'won', won_date, won_amount_usd from opportunities
)

select
    counted.experiment_id,
    counted.metric,
    counted.unit_value,
    counted.outcome_date,
    cast(sum(coalesce(counted.outcome_value, 0)) as decimal(18, 2)) as outcome_value
from counted
inner join experiments on counted.experiment_id = experiments.experiment_id
where
    counted.unit_value is not null
    and counted.outcome_date <= {{ reporting_date(as_of()) }}
    and (
        (counted.outcome_date >= experiments.baseline_start and counted.outcome_date < experiments.baseline_end)
        or (counted.outcome_date >= experiments.test_start and counted.outcome_date < experiments.read_end)
    )
group by counted.experiment_id, counted.metric, counted.unit_value, counted.outcome_date
