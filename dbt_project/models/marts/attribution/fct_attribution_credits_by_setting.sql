-- Grain: one row per attribution setting, basis, attribution model, conversion and credited touchpoint.
{%- set allocation = 'attribution_setting, basis, attribution_model, conversion_id' %}
with

credits as (select * from {{ ref('int_attribution_credits') }}),

opportunities as (select * from {{ ref('fct_opportunities') }}),

earned as (
    select
        credits.*,
        opportunities.system,
        coalesce(credits.account_id, opportunities.account_id) as credited_account_id,
        case credits.basis when 'revenue' then opportunities.won_date end as won_date,
        case credits.basis when 'revenue' then opportunities.won_amount_usd else opportunities.amount_usd end
            as amount_usd
    from credits
    left join opportunities on credits.opportunity_id = opportunities.opportunity_id
    where credits.opportunity_id is null or opportunities.opportunity_id is not null
),

-- Cents times units in halves of six digits, so that no product leaves the integers.
halved as (
    select
        *,
        {{ whole_times('cast(abs(amount_usd) * 100 as bigint)', 1000000) }} as high_cents,
        cast(abs(amount_usd) * 100 as bigint) % 1000000 as low_cents,
        {{ whole_times('credit_units', 1000000) }} as high_units,
        credit_units % 1000000 as low_units
    from earned
),

crossed as (
    select
        *,
        high_cents * low_units + low_cents * high_units as cross_product
    from halved
),

multiplied as (
    select
        *,
        cross_product % 1000000 * 1000000 + low_cents * low_units as low_product
    from crossed
),

divided as (
    select
        *,
        high_cents * high_units + {{ whole_times('cross_product', 1000000) }}
        + {{ whole_times('low_product', 1000000000000) }} as whole_cents,
        low_product % 1000000000000 as remainder
    from multiplied
),

dealt as (
    select
        *,
        {{ largest_remainder(
            'whole_cents', 'remainder', '(high_cents * 1000000 + low_cents)', allocation, 'touch_position'
        ) }} as credit_cents
    from divided
)

select
    attribution_setting,
    basis,
    attribution_model,
    conversion_id,
    opportunity_id,
    touchpoint_id,
    system,
    person_id,
    credited_account_id as account_id,
    channel,
    campaign_id,
    touchpoint_at,
    cast(touch_position as bigint) as touch_position,
    cast(touch_count as bigint) as touch_count,
    cast(credit_units * cast(0.000000000001 as decimal(13, 12)) as decimal(18, 12)) as credit_share,
    cast(
        credit_cents * case when amount_usd < 0 then -1 else 1 end
        * cast(0.01 as decimal(3, 2)) as decimal(18, 2)
    ) as credit_usd,
    conversion_at,
    {{ reporting_date('conversion_at') }} as conversion_date,
    coalesce(won_date, {{ reporting_date('conversion_at') }}) as counted_date
from dealt
