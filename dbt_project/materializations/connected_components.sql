{#
  The model's query gives the edges of a graph (bigint columns node_a, node_b); its table labels each node of an edge to
  another node with the smallest node of its connected component (node, component).

  Each round every node hooks to one of its neighbours, the first in a shuffled order, follows the hooks for some steps,
  and the graph is contracted to what it reached. Every node moves in every round, so a round leaves at most half of
  them, whatever the shape: a chain and a star take logarithmically many rounds, and the rounds end when no edge is left.
  They are tables, not CTEs: one engine copies a CTE into each of its readers, another plans them all before the first
  runs, and neither can stop early.
#}
{% materialization connected_components, default %}
    {%- set target = this.incorporate(type='table') -%}
    {{ run_hooks(pre_hooks) }}
    {%- set given = scratch_table('given', sql) -%}
    {%- set edges = scratch_table('edges', 'select node_a as a, node_b as b from ' ~ given ~ ' where node_a <> node_b
        union select node_b, node_a from ' ~ given ~ ' where node_a <> node_b') -%}
    {%- set components = scratch_table('components', 'select distinct a as node, a as component from ' ~ edges) -%}
    {% do adapter.drop_relation(given) %}
    {%- set graph = namespace(edges=edges, components=components, is_open=true) -%}
    {#- Enough for as many nodes as a bigint can number. -#}
    {%- for round in range(63) if graph.is_open -%}
        {%- set graph.is_open = run_query('select 1 from ' ~ graph.edges ~ ' limit 1').rows | length > 0 -%}
        {%- if graph.is_open -%}
            {%- set labels = scratch_table('labels', hooked_nodes(graph.edges)) -%}
            {%- set contracted = scratch_table('edges_' ~ round, contracted_edges(graph.edges, labels)) -%}
            {%- set relabelled = scratch_table('components_' ~ round, relabelled_nodes(graph.components, labels)) -%}
            {%- for spent in [graph.edges, graph.components, labels] %}{% do adapter.drop_relation(spent) %}{% endfor -%}
            {%- set graph.edges = contracted -%}
            {%- set graph.components = relabelled -%}
        {%- endif -%}
    {%- endfor -%}
    {% do adapter.drop_relation(target) %}
    {%- call statement('main') -%}
        {{ create_table_as(false, target,
            'select node, min(node) over (partition by component) as component from ' ~ graph.components) }}
    {%- endcall -%}
    {%- for spent in [graph.edges, graph.components] %}{% do adapter.drop_relation(spent) %}{% endfor -%}
    {{ run_hooks(post_hooks) }}
    {% do adapter.commit() %}
    {{ return({'relations': [target]}) }}
{% endmaterialization %}

{# A table of `query` beside the model's, in place of what a run that was cut short left under that name. #}
{% macro scratch_table(name, query) -%}
    {%- set relation = this.incorporate(path={'identifier': this.identifier ~ '__' ~ name}, type='table') -%}
    {%- do adapter.drop_relation(relation) -%}
    {%- call statement(relation.identifier) -%}{{ create_table_as(false, relation, query) }}{%- endcall -%}
    {{ return(relation) }}
{%- endmacro %}

{# Of two nodes that hook to each other the smaller stays; no longer cycles arise, for hooks lead to ever earlier nodes. #}
{% macro hooked_nodes(edges) -%}
    with

    hooked as (select a as node, min_by(b, {{ shuffled('b') }}) as label from {{ edges }} group by a),

    steps_0 as (
        select
            hooked.node,
            case when back.label = hooked.node and hooked.node < hooked.label then hooked.node else hooked.label end
                as label
        from hooked
        inner join hooked as back on hooked.label = back.node
    ),

    {% for step in [1, 2] -%}
        steps_{{ step }} as (
            select near.node, far.label
            from steps_{{ step - 1 }} as near
            inner join steps_{{ step - 1 }} as far on near.label = far.node
        ){% if not loop.last %},{% endif %}
    {% endfor %}

    select node, label from steps_2
{%- endmacro %}

{% macro contracted_edges(edges, labels) -%}
    select distinct side_a.label as a, side_b.label as b
    from {{ edges }} as edges
    inner join {{ labels }} as side_a on edges.a = side_a.node
    inner join {{ labels }} as side_b on edges.b = side_b.node
    where side_a.label <> side_b.label
{%- endmacro %}

{% macro relabelled_nodes(components, labels) -%}
    select components.node, coalesce(labels.label, components.component) as component
    from {{ components }} as components
    left join {{ labels }} as labels on components.component = labels.node
{%- endmacro %}

{# A number that orders whole numbers as if at random, each its own. #}
{% macro shuffled(expression) -%}
    {{ adapter.dispatch('shuffled', 'touchstone')(expression) }}
{%- endmacro %}

{% macro default__shuffled(expression) -%}
    hash({{ expression }})
{%- endmacro %}

{% macro spark__shuffled(expression) -%}
    xxhash64({{ expression }})
{%- endmacro %}
