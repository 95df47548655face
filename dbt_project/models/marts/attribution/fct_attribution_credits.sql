-- Grain: one row per basis, attribution model, opportunity and credited touchpoint.
{%- set share_units = 1000000000000 %}
{%- set allocation = 'basis, attribution_model, opportunity_id' %}
with

conversions as (select * from {{ ref('int_opportunity_conversions') }}),

touches as (select * from {{ ref('int_touches_sequenced') }}),

attribution_models as (select * from {{ ref('attribution_models') }}),

opportunities as (select * from {{ ref('fct_opportunities') }}),

campaigns as (select * from {{ ref('int_campaigns_resolved') }}),

role_touches as (
    select
        touches.*,
        attribution_models.attribution_model,
        attribution_models.touch_role,
        attribution_models.weight,
        case attribution_models.touch_role
            when 'first' then touches.is_first
            when 'last' then touches.is_last
            when 'lead_creation' then touches.is_lead_creation
            when 'opportunity_creation' then touches.is_opportunity_creation
            when 'last_non_direct' then touches.is_last_non_direct
            when 'each' then true
            else false
        end as is_in_named_role
    from touches
    cross join attribution_models
),

-- The rest is every touch in none of the model's named roles.
roles as (
    select
        *,
        is_in_named_role or (
            touch_role = 'rest'
            and sum(case when is_in_named_role then 1 else 0 end) over (
                partition by {{ allocation }}, touchpoint_id
            ) = 0
        ) as is_in_role
    from role_touches
),

shared as (
    select
        *,
        weight / count(*) over (partition by {{ allocation }}, touch_role) as touch_weight
    from roles
    where is_in_role
),

-- Only roles that some touch has are here, so dividing by their sum gives the others' weight back in proportion.
models as (select distinct attribution_model from attribution_models),

weighted as (
    select
        basis,
        attribution_model,
        opportunity_id,
        touchpoint_id,
        sum(touch_weight) as touch_weight,
        sum(sum(touch_weight)) over (partition by {{ allocation }}) as total_weight
    from shared
    group by {{ allocation }}, touchpoint_id
),

credited as (
    select
        weighted.basis,
        weighted.attribution_model,
        weighted.opportunity_id,
        weighted.touchpoint_id,
        touches.person_id,
        touches.account_id,
        {{ or_unknown('touches.channel') }} as channel,
        {{ or_unknown('campaigns.campaign_id') }} as campaign_id,
        touches.touchpoint_at,
        touches.conversion_at,
        touches.touch_position,
        touches.touch_count,
        weighted.touch_weight / weighted.total_weight as share
    from weighted
    inner join touches
        on
            weighted.basis = touches.basis
            and weighted.opportunity_id = touches.opportunity_id
            and weighted.touchpoint_id = touches.touchpoint_id
    left join campaigns on touches.campaign_id = campaigns.campaign_record_id
    where weighted.total_weight > 0
    union all
    select
        conversions.basis,
        models.attribution_model,
        conversions.opportunity_id,
        'unattributed',
        cast(null as string),
        cast(null as string),
        'unattributed',
        'unattributed',
        cast(null as timestamp),
        conversions.conversion_at,
        cast(null as bigint),
        0,
        cast(1 as double)
    from conversions
    cross join models
    left join weighted
        on
            conversions.basis = weighted.basis
            and models.attribution_model = weighted.attribution_model
            and conversions.opportunity_id = weighted.opportunity_id
    where weighted.opportunity_id is null
),

-- Largest remainder: everyone gets the whole units below the exact share; the units that are left go, one each, to the
-- largest fractions. The parts then sum to the whole, in integers. Money: cents; credit: millionths of a millionth.
earned as (
    select
        credited.*,
        opportunities.system,
        opportunities.account_id as opportunity_account_id,
        case credited.basis when 'revenue' then opportunities.close_date end as close_date,
        case credited.basis when 'revenue' then opportunities.won_amount_usd else opportunities.amount_usd end
            as amount_usd
    from credited
    inner join opportunities on credited.opportunity_id = opportunities.opportunity_id
),

exact as (
    select
        *,
        amount_usd is not null as has_amount,
        cast(round(coalesce(amount_usd, 0) * 100, 0) as bigint) as total_cents,
        share * {{ share_units }} as exact_units,
        share * cast(round(coalesce(amount_usd, 0) * 100, 0) as double) as exact_cents
    from earned
),

ranked as (
    select
        *,
        row_number() over (
            partition by {{ allocation }}
            order by exact_units - floor(exact_units) desc, touch_position, touchpoint_id asc
        ) as unit_position,
        row_number() over (
            partition by {{ allocation }}
            order by exact_cents - floor(exact_cents) desc, touch_position, touchpoint_id asc
        ) as cent_position,
        {{ share_units }} - sum(cast(floor(exact_units) as bigint)) over (partition by {{ allocation }})
            as units_left,
        total_cents - sum(cast(floor(exact_cents) as bigint)) over (partition by {{ allocation }}) as cents_left
    from exact
)

select
    basis,
    attribution_model,
    opportunity_id,
    touchpoint_id,
    system,
    person_id,
    coalesce(account_id, opportunity_account_id) as account_id,
    channel,
    campaign_id,
    touchpoint_at,
    cast(touch_position as bigint) as touch_position,
    cast(touch_count as bigint) as touch_count,
    cast(
        (cast(floor(exact_units) as bigint) + case when unit_position <= units_left then 1 else 0 end)
        * cast(0.000000000001 as decimal(13, 12)) as decimal(18, 12)
    ) as credit_share,
    case
        when has_amount
            then cast(
                (cast(floor(exact_cents) as bigint) + case when cent_position <= cents_left then 1 else 0 end)
                * cast(0.01 as decimal(3, 2)) as decimal(18, 2)
            )
    end as credit_usd,
    conversion_at,
    {{ reporting_date('conversion_at') }} as conversion_date,
    coalesce(close_date, {{ reporting_date('conversion_at') }}) as counted_date
from ranked
