-- Everyone who reached a stage by now, and every account of theirs, is in exactly one period and one value of each
-- breakdown.
{{ config(meta={
    'owner': 'data_engineering',
    'meaning': 'People who reached a stage are missing from the funnel\'s counts, or stand in two periods.',
    'remedy': 'A fault of the models, which data can\'t cause: keep the lake and report it with the rows below.',
}) }}
with

reaches as (select * from {{ ref('int_stage_first_reaches') }} where first_reached_at <= {{ as_of() }}),

people_accounts as (select * from {{ ref('int_people_accounts') }}),

reached as (
    select
        'person' as funnel,
        stage,
        count(distinct person_id) as entity_count
    from reaches
    group by stage
    union all
    select
        'account',
        reaches.stage,
        count(distinct people_accounts.account_id)
    from reaches
    inner join people_accounts on reaches.person_id = people_accounts.person_id
    group by reaches.stage
),

breakdowns as (select distinct breakdown from {{ ref('int_people_breakdowns') }}),

period_types as (select distinct period_type from {{ ref('int_reporting_periods') }}),

funnel as (
    select
        funnel,
        period_type,
        breakdown,
        stage,
        sum(entity_count) as entity_count
    from {{ ref('fct_funnel_counts') }}
    group by funnel, period_type, breakdown, stage
)

select
    coalesce(reached.funnel, funnel.funnel) as funnel,
    coalesce(period_types.period_type, funnel.period_type) as period_type,
    coalesce(breakdowns.breakdown, funnel.breakdown) as breakdown,
    coalesce(reached.stage, funnel.stage) as stage,
    reached.entity_count as entity_count_in,
    funnel.entity_count as entity_count_out
from reached
cross join breakdowns
cross join period_types
full outer join funnel
    on
        reached.funnel = funnel.funnel
        and reached.stage = funnel.stage
        and breakdowns.breakdown = funnel.breakdown
        and period_types.period_type = funnel.period_type
where coalesce(reached.entity_count, 0) <> coalesce(funnel.entity_count, 0)
