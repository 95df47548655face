-- Paths count each opportunity once per attribution setting and basis, with its money: all of them for pipeline; for
-- revenue the won ones as converted, the others as not.
{{ config(meta={
    'owner': 'data_engineering',
    'meaning': 'Paths count other opportunities, or other money, than there are: credit of channels is out of thin air.',
    'remedy': 'A fault of the models, which data can\'t cause: keep the lake and report it with the rows below.',
}) }}
with

journeys as (select * from {{ ref('int_attribution_journeys') }}),

paths as (select * from {{ ref('fct_paths') }}),

opportunities as (select * from {{ ref('fct_opportunities') }}),

owed as (
    select
        'pipeline' as basis,
        count(*) as conversion_count,
        0 as unconverted_count,
        coalesce(sum(amount_usd), 0) as amount_usd
    from opportunities
    union all
    select
        'revenue',
        sum(case when is_won then 1 else 0 end),
        sum(case when is_won then 0 else 1 end),
        coalesce(sum(case when is_won then won_amount_usd end), 0)
    from opportunities
),

unconverted as (
    select
        attribution_setting,
        basis,
        sum(case when journey_kind = 'opportunity' then 1 else 0 end) as unconverted_count
    from journeys
    where not is_converted
    group by attribution_setting, basis
),

counted as (
    select attribution_setting, basis, sum(conversion_count) as conversion_count, sum(amount_usd) as amount_usd
    from paths
    group by attribution_setting, basis
)

select
    counted.*,
    unconverted.unconverted_count,
    owed.conversion_count as owed_conversion_count,
    owed.unconverted_count as owed_unconverted_count,
    owed.amount_usd as owed_amount_usd
from counted
left join unconverted
    on counted.attribution_setting = unconverted.attribution_setting and counted.basis = unconverted.basis
left join owed on counted.basis = owed.basis
where
    counted.conversion_count <> owed.conversion_count
    or coalesce(unconverted.unconverted_count, 0) <> owed.unconverted_count
    or counted.amount_usd <> owed.amount_usd
