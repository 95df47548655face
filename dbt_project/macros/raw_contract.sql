{#
  The contract of a raw table: system, object, key (a list; the row's hash where it has none), quoted_key, cursor,
  whether every row has one, mode, columns, the additive ones and those by which it is restated. Nothing but the hash
  is known while dbt parses, and in unit tests, which have no sources.
#}
{% macro raw_contract(relation) -%}
    {%- set found = namespace(source={}) -%}
    {%- if execute -%}
        {%- for source in graph.get('sources', {}).values()
            if source.schema == relation.schema and source.identifier == relation.identifier -%}
            {%- set found.source = source -%}
        {%- endfor -%}
    {%- endif -%}
    {%- set meta = found.source.config.meta if found.source else {} -%}
    {%- set key = meta.get('key') or ['_row_hash'] -%}
    {%- set quoted_key = [] -%}
    {%- for column in key -%}
        {%- do quoted_key.append(adapter.quote(column)) -%}
    {%- endfor -%}
    {%- set cursor = meta.get('cursor') -%}
    {%- set cursor_meta = found.source.columns[cursor].config.meta if cursor else {} -%}
    {{ return({
        'system': found.source.source_name if found.source else none,
        'object': found.source.name if found.source else none,
        'key': key,
        'quoted_key': quoted_key,
        'cursor': cursor,
        'has_every_cursor': cursor_meta.get('required', false),
        'mode': meta.get('mode'),
        'additive': meta.get('additive', []),
        'restated_by': meta.get('restated_by', []),
        'columns': found.source.columns if found.source else {},
    }) }}
{%- endmacro %}
