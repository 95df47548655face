{#
  The model's query gives Markov chains as counts (bigint columns chain, from_node, to_node, from_group,
  transition_count): node 0 is the start, -1 the wanted end, -2 the other one, and every node above 0 is of a group,
  from 0. Its table says how likely the wanted end is where what would enter a group ends instead (chain, node_group,
  conversion_rate).

  Nodes are eliminated one after the other: what enters one goes on to where it leads, in proportion, ways back to itself
  left out, until only those of one group are left. Nothing is ever subtracted (Grassmann, Taksar, Heyman, Operations
  Research 33, 1985), so no loop, however long, costs a digit, and no matrix is singular. Groups part by halves: each
  half goes on with a copy in which the other is eliminated, so that all groups cost little more than one.
  They are tables, not CTEs: each round reads the one before more than once, and an engine may plan each reading apart.
#}
{% materialization absorbing_chains, default %}
    {%- set target = this.incorporate(type='table') -%}
    {{ run_hooks(pre_hooks) }}
    {%- set given = scratch_table('given', sql) -%}
    {%- set nodes = scratch_table('nodes',
        'select distinct chain, from_node as node, from_group as node_group from ' ~ given ~ ' where from_node > 0') -%}
    {%- set edges = scratch_table('edges', 'select chain, cast(0 as bigint) as branch, from_node, to_node,
        cast(transition_count as double) as weight from ' ~ given ~ ' where from_node <> to_node') -%}
    {%- set group_count = (run_query('select max(node_group) + 1 from ' ~ nodes).rows[0][0] or 0) | int -%}
    {%- set state = namespace(edges=edges, width=1) -%}
    {%- for level in range(63) if state.width < group_count -%}
        {%- set pivots = scratch_table('pivots', halved_nodes(nodes, state.width)) -%}
        {%- set halves = scratch_table('halves_' ~ level, halved_edges(state.edges, nodes, state.width)) -%}
        {% do adapter.drop_relation(state.edges) %}
        {%- set state.edges = halves -%}
        {%- set rounds = (run_query('select max(pivot_round) from ' ~ pivots).rows[0][0] or 0) | int -%}
        {%- set statements = [] -%}
        {%- for round in range(1, rounds + 1) -%}
            {%- set fewer = this.incorporate(path={'identifier': this.identifier ~ '__edges_' ~ round}, type='table') -%}
            {%- do statements.append('drop table if exists ' ~ fewer) -%}
            {%- do statements.append(create_table_as(false, fewer, edges_without(state.edges, pivots, round))) -%}
            {%- do statements.append('drop table if exists ' ~ state.edges) -%}
            {%- set state.edges = fewer -%}
        {%- endfor -%}
        {{ run_in_turn(statements) }}
        {% do adapter.drop_relation(pivots) %}
        {%- set state.width = state.width * 2 -%}
    {%- endfor -%}
    {% do adapter.drop_relation(target) %}
    {%- call statement('main') -%}
        {{ create_table_as(false, target, rates_without(state.edges, nodes)) }}
    {%- endcall -%}
    {%- for spent in [given, nodes, state.edges] %}{% do adapter.drop_relation(spent) %}{% endfor -%}
    {{ run_hooks(post_hooks) }}
    {% do adapter.commit() %}
    {{ return({'relations': [target]}) }}
{% endmaterialization %}

{#
  Run statements one after the other. What dbt does around each takes longer than most of them, so an engine that takes
  many at once gets them so.
#}
{% macro run_in_turn(statements) -%}
    {{ adapter.dispatch('run_in_turn', 'touchstone')(statements) }}
{%- endmacro %}

{% macro default__run_in_turn(statements) -%}
    {%- for sql in statements -%}
        {%- call statement('in_turn') -%}{{ sql }}{%- endcall -%}
    {%- endfor -%}
{%- endmacro %}

{% macro duckdb__run_in_turn(statements) -%}
    {%- call statement('in_turn') -%}{{ statements | join(';') }}{%- endcall -%}
{%- endmacro %}

{#
  A branch is named by what its groups' numbers leave when divided by `width`. Each half of it eliminates the other's
  nodes, one a round.
#}
{% macro halved_nodes(nodes, width) -%}
    select
        halves.chain,
        halves.branch,
        nodes.node,
        row_number() over (partition by halves.chain, halves.branch order by nodes.node) as pivot_round
    from {{ nodes }} as nodes
    inner join ({{ halves_of(nodes, width) }}) as halves
        on
            nodes.chain = halves.chain
            and nodes.node_group % {{ width }} = halves.branch_before
            and nodes.node_group % {{ 2 * width }} <> halves.branch
{%- endmacro %}

{% macro halves_of(nodes, width) -%}
    select distinct
        chain,
        node_group % {{ width }} as branch_before,
        node_group % {{ 2 * width }} as branch
    from {{ nodes }}
{%- endmacro %}

{% macro halved_edges(edges, nodes, width) -%}
    select edges.chain, halves.branch, edges.from_node, edges.to_node, edges.weight
    from {{ edges }} as edges
    inner join ({{ halves_of(nodes, width) }}) as halves
        on edges.chain = halves.chain and edges.branch = halves.branch_before
{%- endmacro %}

{# The edges when each branch has lost its pivot of the round. A group sums two weights at most, in either order one. #}
{% macro edges_without(edges, pivots, round) -%}
    with

    pivots as (select * from {{ pivots }} where pivot_round = {{ round }}),

    marked as (
        select
            edges.*,
            pivots.node as lost_node
        from {{ edges }} as edges
        left join pivots on edges.chain = pivots.chain and edges.branch = pivots.branch
    ),

    leaving as (select * from marked where from_node = lost_node),

    left_weights as (
        select chain, branch, {{ ordered_sum('weight', 'to_node') }} as weight
        from leaving
        group by chain, branch
    ),

    ways as (
        select chain, branch, from_node, to_node, weight
        from marked
        where lost_node is null or (from_node <> lost_node and to_node <> lost_node)
        union all
        select
            entering.chain,
            entering.branch,
            entering.from_node,
            leaving.to_node,
            entering.weight * (leaving.weight / left_weights.weight)
        from marked as entering
        inner join leaving on entering.chain = leaving.chain and entering.branch = leaving.branch
        inner join left_weights on entering.chain = left_weights.chain and entering.branch = left_weights.branch
        where entering.to_node = entering.lost_node and entering.from_node <> leaving.to_node
    )

    select chain, branch, from_node, to_node, sum(weight) as weight
    from ways
    group by chain, branch, from_node, to_node
{%- endmacro %}

{% macro rates_without(edges, nodes) -%}
    select
        groups.chain,
        groups.node_group,
        coalesce(
            {{ ordered_sum('case when edges.to_node = -1 then edges.weight else 0 end', 'edges.to_node') }}
            / {{ ordered_sum('edges.weight', 'edges.to_node') }}, 0
        ) as conversion_rate
    from (select distinct chain, node_group from {{ nodes }}) as groups
    inner join {{ edges }} as edges on groups.chain = edges.chain and groups.node_group = edges.branch
    where edges.from_node = 0
    group by groups.chain, groups.node_group
{%- endmacro %}
