{#
  Whether a row of the ledger (columns `system` and `object`, of the relation `ledger`) is of a raw table that a model
  reads, however far behind it. Of such a table an extract without a row says that there was none; no extract at all says
  nothing.
#}
{% macro tells_of(model_name, ledger) -%}
    {%- set tables = [] -%}
    {%- if execute -%}
        {%- set behind = [] -%}
        {%- for node in graph.nodes.values() if node.resource_type == 'model' and node.name == model_name -%}
            {%- do behind.append(node.unique_id) -%}
        {%- endfor -%}
        {#- The list grows while it is walked. -#}
        {%- for node_id in behind -%}
            {%- if node_id in graph.sources -%}
                {%- set source = graph.sources[node_id] -%}
                {%- do tables.append("'" ~ source.source_name ~ '.' ~ source.name ~ "'") -%}
            {%- else -%}
                {%- for parent in graph.nodes[node_id].depends_on.nodes if parent not in behind -%}
                    {%- do behind.append(parent) -%}
                {%- endfor -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
    {{ ledger }}.system || '.' || {{ ledger }}.object in ({{ tables | sort | join(', ') or "''" }})
{%- endmacro %}
