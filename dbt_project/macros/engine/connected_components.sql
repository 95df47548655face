{#
  CTEs that label each node of a graph with the smallest node of its connected component.
  `edges` names a CTE with bigint columns node_a, node_b. The last CTE is `components` (node, component); a node without
  an edge to another node is not in it. Each round joins every node to its smallest neighbour (with one pointer jump)
  and contracts the graph, so later rounds only see what is still apart: each edge that joins two components at the
  end is a failure that a data test finds, and the answer is to raise `rounds`.
#}
{% macro connected_components(edges, rounds) -%}
{%- set rounds = rounds | int(8) %}
edges_0 as (
    select node_a as a, node_b as b from {{ edges }} where node_a <> node_b
    union
    select node_b as a, node_a as b from {{ edges }} where node_a <> node_b
),
{% for round in range(1, rounds + 1) %}
nearest_{{ round }} as (
    select a as node, least(a, min(b)) as label from edges_{{ round - 1 }} group by a
),

labels_{{ round }} as (
    select nearest.node, jumped.label
    from nearest_{{ round }} as nearest
    inner join nearest_{{ round }} as jumped on nearest.label = jumped.node
),

edges_{{ round }} as (
    select distinct one.label as a, other.label as b
    from edges_{{ round - 1 }} as edges
    inner join labels_{{ round }} as one on edges.a = one.node
    inner join labels_{{ round }} as other on edges.b = other.node
    where one.label <> other.label
),
{% endfor %}
components as (
    select
        labels_1.node,
        coalesce(
            {% for round in range(rounds, 0, -1) -%}
            labels_{{ round }}.label{% if not loop.last %}, {% endif %}
            {%- endfor %}
        ) as component
    from labels_1
    {% for round in range(2, rounds + 1) -%}
    left join labels_{{ round }} on labels_{{ round - 1 }}.label = labels_{{ round }}.node
    {% endfor %}
)
{%- endmacro %}
