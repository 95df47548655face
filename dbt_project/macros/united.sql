{#
  The rows of a conformed entity from every system that var `systems` lists for it, by column name: the entity's YAML
  says its columns and types, a system's own model (<system>__<entity>) brings those that the system knows, and the
  rest are null. `system` is added.
#}
{% macro united(entity) -%}
    {{ adapter.dispatch('united', 'touchstone')(entity) }}
{%- endmacro %}

{% macro default__united(entity) -%}
    {%- set parts = [] -%}
    {%- for system, entities in var('systems').items() if entity in entities -%}
        {%- do parts.append((system, ref(system ~ '__' ~ entity))) -%}
    {%- endfor -%}
    {%- for system, relation in parts %}
        {%- set known = adapter.get_columns_in_relation(relation) | map(attribute='name') | map('lower') | list
            if execute else [] %}
        select
            '{{ system }}' as system
            {%- for column in model.columns.values() if column.name != 'system' %},
            {% if column.name in known %}{{ column.name }}
            {%- else %}cast(null as {{ column.data_type }}) as {{ column.name }}{% endif %}
            {%- endfor %}
        from {{ relation }}
        {% if not loop.last %}union all{% endif %}
    {%- endfor %}
{%- endmacro %}
