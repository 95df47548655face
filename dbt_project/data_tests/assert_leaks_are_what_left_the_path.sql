-- Leakage and passages tell of the same exits: those to holding and lost, and all of them.
{{ config(meta={
    'owner': 'data_engineering',
    'meaning': 'Leakage and stage passages tell of different exits.',
    'remedy': 'A fault of the models, which data can\'t cause: keep the lake and report it with the rows below.',
}) }}
with

leaks as (
    select
        period_start_date,
        breakdown,
        breakdown_value,
        from_stage as stage,
        sum(leaked_count) as leaked_count,
        max(left_count) as left_count
    from {{ ref('fct_stage_leakage') }}
    group by period_start_date, breakdown, breakdown_value, from_stage
),

passages as (
    select
        *,
        left_holding_count + left_lost_count as leaked_count
    from {{ ref('fct_stage_passages') }}
    where period_type = 'month'
)

select
    coalesce(leaks.period_start_date, passages.period_start_date) as period_start_date,
    coalesce(leaks.breakdown, passages.breakdown) as breakdown,
    coalesce(leaks.breakdown_value, passages.breakdown_value) as breakdown_value,
    coalesce(leaks.stage, passages.stage) as stage,
    leaks.leaked_count,
    passages.leaked_count as left_to_leak_count
from leaks
full outer join passages
    on
        leaks.period_start_date = passages.period_start_date
        and leaks.breakdown = passages.breakdown
        and leaks.breakdown_value = passages.breakdown_value
        and leaks.stage = passages.stage
where
    coalesce(leaks.leaked_count, 0) <> coalesce(passages.leaked_count, 0)
    or leaks.left_count <> passages.left_count
