-- A period of a stage ends as the next one starts; where either has no row, nobody was in the stage.
{{ config(meta={
    'owner': 'data_engineering',
    'meaning': 'People vanish or appear between two periods of a stage, so stocks don\'t foot from week to week.',
    'remedy': 'A fault of the models, which data can\'t cause: keep the lake and report it with the rows below.',
}) }}
with

passages as (select * from {{ ref('fct_stage_passages') }}),

periods as (
    select
        period_type,
        period_start_date,
        lead(period_start_date) over (partition by period_type order by period_start_date) as next_start_date
    from {{ ref('int_reporting_periods') }}
),

ends as (
    select
        passages.period_type,
        periods.next_start_date as period_start_date,
        passages.breakdown,
        passages.breakdown_value,
        passages.stage,
        passages.open_at_end_count
    from passages
    inner join periods
        on passages.period_type = periods.period_type and passages.period_start_date = periods.period_start_date
    where periods.next_start_date is not null
)

select
    coalesce(ends.period_type, passages.period_type) as period_type,
    coalesce(ends.period_start_date, passages.period_start_date) as period_start_date,
    coalesce(ends.breakdown, passages.breakdown) as breakdown,
    coalesce(ends.breakdown_value, passages.breakdown_value) as breakdown_value,
    coalesce(ends.stage, passages.stage) as stage,
    ends.open_at_end_count,
    passages.open_at_start_count
from ends
full outer join passages
    on
        ends.period_type = passages.period_type
        and ends.period_start_date = passages.period_start_date
        and ends.breakdown = passages.breakdown
        and ends.breakdown_value = passages.breakdown_value
        and ends.stage = passages.stage
where coalesce(ends.open_at_end_count, 0) <> coalesce(passages.open_at_start_count, 0)
