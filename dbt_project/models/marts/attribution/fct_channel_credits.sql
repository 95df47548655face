-- Grain: one row per attribution setting, basis, attribution model and channel.
{%- set conversion_units = 1000000000 %}
{%- set allocation = 'attribution_setting, basis, attribution_model' %}
with

paths as (select * from {{ ref('int_attribution_paths') }}),

path_channels as (select * from {{ ref('int_attribution_path_channels') }}),

models as (
    select * from {{ ref('fct_channel_credit_models') }}
    where is_worked_out
),

credits as (
    select
        attribution_setting,
        basis,
        attribution_model,
        channel,
        removal_effect,
        credit_share,
        cast(null as double) as exact_usd
    from {{ ref('int_markov_credits') }}
    union all
    select
        attribution_setting,
        basis,
        attribution_model,
        channel,
        cast(null as double) as removal_effect,
        credit_share,
        exact_usd
    from {{ ref('int_shapley_credits') }}
),

totals as (
    select
        attribution_setting,
        basis,
        touch_count > 0 as is_touched,
        cast(sum(conversion_count) as bigint) as conversion_count,
        cast(sum(conversion_count + non_conversion_count) as bigint) as journey_count,
        cast(round(sum(amount_usd) * 100, 0) as bigint) as total_cents
    from paths
    group by attribution_setting, basis, touch_count > 0
),

touched as (
    select
        attribution_setting,
        basis,
        channel,
        sum(conversion_count) as conversion_count,
        sum(conversion_count + non_conversion_count) as journey_count
    from path_channels
    group by attribution_setting, basis, channel
),

-- A channel has its share of what was touched at all; the rest is nobody's, and on a row of its own.
exact as (
    select
        credits.attribution_setting,
        credits.basis,
        credits.attribution_model,
        credits.channel,
        touched.journey_count,
        touched.conversion_count,
        credits.removal_effect,
        credits.credit_share,
        totals.conversion_count * {{ conversion_units }} as total_units,
        credits.credit_share * (totals.conversion_count * {{ conversion_units }}) as exact_units,
        totals.total_cents,
        coalesce(credits.exact_usd * 100, credits.credit_share * totals.total_cents) as exact_cents
    from credits
    inner join totals on credits.attribution_setting = totals.attribution_setting and credits.basis = totals.basis
    inner join touched
        on
            credits.attribution_setting = touched.attribution_setting
            and credits.basis = touched.basis
            and credits.channel = touched.channel
    where totals.is_touched
),

-- Conversions in units of a thousand-millionth, money in cents.
final as (
    select
        attribution_setting,
        basis,
        attribution_model,
        channel,
        journey_count,
        conversion_count,
        removal_effect,
        credit_share,
        {{ largest_remainder(
            'cast(floor(exact_units) as bigint)', 'exact_units - floor(exact_units)', 'total_units', allocation,
            'channel'
        ) }} as units,
        {{ largest_remainder(
            'cast(floor(exact_cents) as bigint)', 'exact_cents - floor(exact_cents)', 'total_cents', allocation,
            'channel'
        ) }} as cents
    from exact
    union all
    select
        models.attribution_setting,
        models.basis,
        models.attribution_model,
        'unattributed',
        totals.journey_count,
        totals.conversion_count,
        cast(null as double),
        cast(null as double),
        totals.conversion_count * {{ conversion_units }},
        totals.total_cents
    from models
    inner join totals on models.attribution_setting = totals.attribution_setting and models.basis = totals.basis
    where not totals.is_touched
)

select
    attribution_setting,
    basis,
    attribution_model,
    channel,
    cast(journey_count as bigint) as journey_count,
    cast(conversion_count as bigint) as conversion_count,
    cast(removal_effect as double) as removal_effect,
    cast(credit_share as double) as credit_share,
    cast(units * cast(0.000000001 as decimal(10, 9)) as decimal(18, 9)) as conversion_credit,
    cast(cents * cast(0.01 as decimal(3, 2)) as decimal(18, 2)) as credit_usd
from final
