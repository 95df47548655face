-- Grain: one row per chain and group of states, which are those of one channel: how likely a conversion is without it.
{{ config(materialized='absorbing_chains') }}
with

transitions as (select * from {{ ref('int_markov_transitions') }}),

orders as (select * from {{ ref('int_markov_orders') }} where is_solved)

select
    transitions.chain,
    transitions.from_node,
    transitions.to_node,
    transitions.from_group,
    transitions.transition_count
from transitions
inner join orders on transitions.chain = orders.chain
