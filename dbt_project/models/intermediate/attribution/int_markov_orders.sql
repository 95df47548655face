-- Grain: one row per attribution setting, basis and Markov order: whether the journeys bear it.
with

transitions as (select * from {{ ref('int_markov_transitions') }}),

counted as (
    select
        attribution_setting,
        basis,
        markov_order,
        chain,
        count(distinct case when from_node > 0 then from_node end) as state_count,
        sum(case when from_node > 0 then transition_count else 0 end) as transition_count
    from transitions
    group by attribution_setting, basis, markov_order, chain
),

judged as (
    select
        *,
        case
            when markov_order = 1 then null
            when transition_count < {{ var('markov_least_transitions_per_state') }} * state_count
                then 'fewer transitions a state than the var markov_least_transitions_per_state'
            when state_count > {{ var('markov_most_states') }} then 'more states than the var markov_most_states'
        end as reason_not_solved
    from counted
)

select
    *,
    reason_not_solved is null as is_solved
from judged
