{#
  The contract of a raw table: key (a list; the row's hash where it has none), quoted_key, cursor and mode. Nothing but
  the hash is known while dbt parses, and in unit tests, which have no sources.
#}
{% macro raw_contract(relation) -%}
    {%- set found = namespace(meta={}) -%}
    {%- if execute -%}
        {%- for source in graph.get('sources', {}).values()
            if source.schema == relation.schema and source.identifier == relation.identifier -%}
            {%- set found.meta = source.config.meta -%}
        {%- endfor -%}
    {%- endif -%}
    {%- set key = found.meta.get('key') or ['_row_hash'] -%}
    {%- set quoted_key = [] -%}
    {%- for column in key -%}
        {%- do quoted_key.append(adapter.quote(column)) -%}
    {%- endfor -%}
    {{ return({
        'key': key, 'quoted_key': quoted_key, 'cursor': found.meta.get('cursor'), 'mode': found.meta.get('mode')
    }) }}
{%- endmacro %}
