-- Grain: one row per attribution setting, basis, model, conversion and credited touchpoint.
-- Integers all the way: weights in ten-thousandths, shares as fractions of two integers, credit in millionths of a
-- millionth.
{%- set roles = [
    'first', 'last', 'last_non_direct', 'lead_creation', 'opportunity_creation', 'close', 'each', 'rest', 'channel',
] %}
{%- set allocation = 'attribution_setting, basis, attribution_model, conversion_id' %}
{%- set whole = 1000000000000 %}
with

touches as (select * from {{ ref('int_touches_sequenced') }}),

conversions as (select * from {{ ref('int_conversions') }}),

settings as (select * from {{ ref('attribution_settings') }}),

attribution_models as (select * from {{ ref('attribution_models') }}),

campaigns as (select * from {{ ref('int_campaigns_resolved') }}),

models as (
    select
        attribution_model,
        {% for role in roles -%}
            cast(sum(case when touch_role = '{{ role }}' then weight * 10000 else 0 end) as bigint)
                as {{ role }}_weight,
        {% endfor -%}
        max(half_life_days) as half_life_days
    from attribution_models
    group by attribution_model
),

-- A touch is worth half of another that is one half-life younger, in millionths of what the last one is worth.
weighed as (
    select
        touches.attribution_setting,
        touches.basis,
        models.attribution_model,
        touches.conversion_id,
        touches.touchpoint_id,
        touches.touch_position,
        models.each_weight,
        models.rest_weight,
        models.channel_weight,
        case when touches.is_first then models.first_weight else 0 end
        + case when touches.is_last then models.last_weight else 0 end
        + case when touches.is_last_non_direct then models.last_non_direct_weight else 0 end
        + case when touches.is_lead_creation then models.lead_creation_weight else 0 end
        + case when touches.is_opportunity_creation then models.opportunity_creation_weight else 0 end
        + case when touches.is_close then models.close_weight else 0 end
            as named_weight,
        case
            when models.half_life_days is null then 1
            else cast(round(1000000 * power(
                0.5, {{ days_between('touches.touchpoint_at', 'touches.last_touch_at') }} / models.half_life_days
            ), 0) as bigint)
        end as freshness,
        touches.channel_count * touches.channel_touch_count as channel_parts
    from touches
    cross join models
),

-- Every named role falls on one touch at most, so the sum of weights is that of the roles that some touch has: the
-- weight of the others is theirs, in proportion.
totalled as (
    select
        *,
        cast(case when each_weight > 0 then sum(freshness) over allocation else 1 end as bigint) as freshness_total,
        cast(greatest(sum(case when named_weight = 0 then 1 else 0 end) over allocation, 1) as bigint) as rest_count,
        case when channel_weight > 0 then channel_parts else 1 end as parts,
        cast(sum(named_weight) over allocation as bigint)
        + each_weight + channel_weight
        + case when max(case when named_weight = 0 then 1 else 0 end) over allocation = 1 then rest_weight else 0 end
            as weight_total
    from weighed
    where named_weight + each_weight + rest_weight + channel_weight > 0
    window allocation as (partition by {{ allocation }})
),

fractions as (
    select
        attribution_setting,
        basis,
        attribution_model,
        conversion_id,
        touchpoint_id,
        touch_position,
        named_weight * freshness_total * rest_count * parts
        + each_weight * freshness * rest_count * parts
        + case when named_weight = 0 then rest_weight else 0 end * freshness_total * parts
        + channel_weight * freshness_total * rest_count
            as remainder,
        weight_total * freshness_total * rest_count * parts as denominator,
        cast(0 as bigint) as digits
    from totalled
),

-- Long division, three digits at a time, so that no product leaves the integers: 18 digits, of which 12 are credit.
{% for step in range(6) -%}
    divided_{{ step }} as (
        select
            {{ allocation }},
            touchpoint_id,
            touch_position,
            denominator,
            remainder * 1000 % denominator as remainder,
            digits * 1000 + {{ whole_times('remainder * 1000', 'denominator') }} as digits
        from {{ 'fractions' if loop.first else 'divided_' ~ (step - 1) }}
    ),

{% endfor -%}
credited as (
    select
        {{ allocation }},
        touchpoint_id,
        cast(
            {{ largest_remainder(
                whole_times('digits', 1000000), 'digits % 1000000', whole, allocation, 'touch_position'
            ) }} as bigint
        ) as credit_units
    from divided_5
    where digits > 0
),

covered as (select distinct {{ allocation }} from credited)

select
    credited.attribution_setting,
    credited.basis,
    credited.attribution_model,
    credited.conversion_id,
    touches.opportunity_id,
    credited.touchpoint_id,
    touches.person_id,
    touches.account_id,
    {{ or_unknown('touches.channel') }} as channel,
    {{ or_unknown('campaigns.campaign_id') }} as campaign_id,
    touches.touchpoint_at,
    touches.conversion_at,
    touches.touch_position,
    touches.touch_count,
    credited.credit_units
from credited
inner join touches
    on
        credited.attribution_setting = touches.attribution_setting
        and credited.basis = touches.basis
        and credited.conversion_id = touches.conversion_id
        and credited.touchpoint_id = touches.touchpoint_id
left join campaigns on touches.campaign_id = campaigns.campaign_record_id
union all
select
    settings.attribution_setting,
    conversions.basis,
    models.attribution_model,
    conversions.conversion_id,
    conversions.opportunity_id,
    'unattributed',
    conversions.person_id,
    conversions.account_id,
    'unattributed',
    'unattributed',
    cast(null as timestamp),
    conversions.conversion_at,
    cast(null as bigint),
    0,
    {{ whole }}
from conversions
cross join settings
cross join models
left join covered
    on
        settings.attribution_setting = covered.attribution_setting
        and conversions.basis = covered.basis
        and models.attribution_model = covered.attribution_model
        and conversions.conversion_id = covered.conversion_id
where covered.conversion_id is null
