-- Grain: one row per attribution setting, basis, attribution model (a Markov order) and channel.
with

transitions as (select * from {{ ref('int_markov_transitions') }}),

removals as (select * from {{ ref('int_markov_removals') }}),

channels as (
    select distinct attribution_setting, basis, markov_order, chain, from_group, from_channel
    from transitions
    where from_group is not null
),

-- As many journeys as the chain starts with convert as lead to the conversion: it was counted from whole journeys.
chains as (
    select
        chain,
        sum(case when to_node = -1 then transition_count else 0 end)
        / cast(sum(case when from_node = 0 then transition_count else 0 end) as double) as conversion_rate
    from transitions
    group by chain
),

effects as (
    select
        channels.attribution_setting,
        channels.basis,
        channels.markov_order,
        channels.from_channel as channel,
        chains.conversion_rate,
        removals.conversion_rate as conversion_rate_without,
        case
            when chains.conversion_rate > 0
                then greatest(1 - removals.conversion_rate / chains.conversion_rate, 0)
            else 0
        end as removal_effect
    from removals
    inner join channels on removals.chain = channels.chain and removals.node_group = channels.from_group
    inner join chains on removals.chain = chains.chain
),

totals as (
    select
        attribution_setting,
        basis,
        markov_order,
        {{ ordered_sum('removal_effect', 'channel') }} as removal_effect
    from effects
    group by attribution_setting, basis, markov_order
)

select
    effects.attribution_setting,
    effects.basis,
    'markov' || case when effects.markov_order > 1 then '_' || cast(effects.markov_order as string) else '' end
        as attribution_model,
    effects.channel,
    effects.conversion_rate,
    effects.conversion_rate_without,
    effects.removal_effect,
    case when totals.removal_effect > 0 then effects.removal_effect / totals.removal_effect else 0 end as credit_share
from effects
inner join totals
    on
        effects.attribution_setting = totals.attribution_setting
        and effects.basis = totals.basis
        and effects.markov_order = totals.markov_order
