-- Grain: one row per attribution setting, basis, Markov order, state and next state.
-- A state is the last channels of a journey, as many as the order says; where fewer came before, what there is.
{%- set chain = 'attribution_setting, basis, markov_order' %}
with

steps as (select * from {{ ref('int_attribution_path_steps') }}),

remembered as (
    select
        attribution_setting,
        basis,
        conversion_count,
        non_conversion_count,
        channel,
        {% for back in [1, 2] -%}
            coalesce(lag(channel, {{ back }}) over path_steps || ' > ', '') as before_{{ back }},
        {% endfor -%}
        lead(channel) over path_steps as next_channel,
        step_position = 1 as is_first_step
    from steps
    window path_steps as (partition by path_number order by step_position)
),

-- Counted once at the longest memory: the shorter ones are sums of it.
remembered_counts as (
    select
        attribution_setting,
        basis,
        before_2,
        before_1,
        channel,
        next_channel,
        is_first_step,
        sum(conversion_count) as conversion_count,
        sum(non_conversion_count) as non_conversion_count
    from remembered
    group by attribution_setting, basis, before_2, before_1, channel, next_channel, is_first_step
),

states as (
    {% for order in [1, 2, 3] -%}
        select
            attribution_setting,
            basis,
            {{ order }} as markov_order,
            {{ ['channel', 'before_1 || channel', 'before_2 || before_1 || channel'][order - 1] }} as state,
            channel,
            {{ ['', "channel || ' > ' || ", "before_1 || channel || ' > ' || "][order - 1] }}next_channel as next_state,
            is_first_step,
            conversion_count,
            non_conversion_count
        from remembered_counts
        {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

counted as (
    select
        {{ chain }},
        '(start)' as from_state,
        cast(null as string) as from_channel,
        state as to_state,
        sum(conversion_count + non_conversion_count) as transition_count
    from states
    where is_first_step
    group by {{ chain }}, state
    union all
    select
        {{ chain }},
        state,
        channel,
        next_state,
        sum(conversion_count + non_conversion_count)
    from states
    where next_state is not null
    group by {{ chain }}, state, channel, next_state
    {% for end, count in [('(conversion)', 'conversion_count'), ('(null)', 'non_conversion_count')] -%}
        union all
        select {{ chain }}, state, channel, '{{ end }}', sum({{ count }})
        from states
        where next_state is null and {{ count }} > 0
        group by {{ chain }}, state, channel
    {% endfor %}
),

-- Numbers stand for chains, states and channels where they are solved: 0 the start, -1 the conversion, -2 none.
chained as (
    select *, dense_rank() over (order by {{ chain }}) as chain
    from counted
),

states_left as (
    select
        chain,
        from_state as state,
        row_number() over (partition by chain order by from_state) as node,
        dense_rank() over (partition by chain order by from_channel) - 1 as node_group
    from chained
    where from_channel is not null
    group by chain, from_state, from_channel
),

numbers as (
    select chain, state, node, node_group from states_left
    {% for state, node in [('(start)', 0), ('(conversion)', -1), ('(null)', -2)] -%}
        union all
        select distinct chain, '{{ state }}', {{ node }}, cast(null as bigint) from chained
    {% endfor %}
)

select
    chained.attribution_setting,
    chained.basis,
    chained.markov_order,
    chained.from_state,
    chained.from_channel,
    chained.to_state,
    chained.transition_count,
    chained.chain,
    from_numbers.node as from_node,
    to_numbers.node as to_node,
    from_numbers.node_group as from_group
from chained
inner join numbers as from_numbers on chained.chain = from_numbers.chain and chained.from_state = from_numbers.state
inner join numbers as to_numbers on chained.chain = to_numbers.chain and chained.to_state = to_numbers.state
