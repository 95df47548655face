{#
  Custom fields. A contract's column with `custom_field: <entity>.<name>` in its meta, entity being people, accounts or
  opportunities, goes as <name> through its staging and conformed models to the entity's records, and into the marts
  whose YAML lists it. What holds for the entity's other fields holds for it: null and a missing column say nothing, the
  newest word known counts, and among a person's records survivorship decides. None are known while dbt parses, in unit
  tests, which have no sources, and while SQL is linted, where a macro renders text alone: hence `execute`.
#}

{# The custom fields of an entity, {name: data_type}. Refuses a name of two types. #}
{% macro custom_fields(entity) -%}
    {%- set fields = {} -%}
    {%- for system_table, columns in custom_columns_by_table(entity).items() -%}
        {%- for column in columns.values() -%}
            {%- if fields.get(column.field, column.data_type) != column.data_type -%}
                {%- do exceptions.raise_compiler_error(
                    "custom field " ~ entity ~ "." ~ column.field ~ " is " ~ column.data_type ~ " in the contract of "
                    ~ system_table ~ " and " ~ fields[column.field] ~ " in another: give both the same data_type"
                ) -%}
            {%- endif -%}
            {%- do fields.update({column.field: column.data_type}) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(fields) }}
{%- endmacro %}

{# {'<system>.<table>': {raw column: {field, data_type}}} of an entity. #}
{% macro custom_columns_by_table(entity) -%}
    {%- set tables = {} -%}
    {%- for source in (graph.get('sources', {}).values() if execute else []) | sort(attribute='unique_id') -%}
        {%- set found = {} -%}
        {%- for column in source.columns.values() -%}
            {%- set place = (column.config.meta.get('custom_field') or '').split('.') -%}
            {%- if place[0] == entity -%}
                {%- do found.update({column.name: {'field': place[1], 'data_type': column.data_type}}) -%}
            {%- endif -%}
        {%- endfor -%}
        {%- do tables.update({source.source_name ~ '.' ~ source.name: found}) if found -%}
    {%- endfor -%}
    {{ return(tables) }}
{%- endmacro %}

{# In staging: `<raw column> as <name>,` for every custom field of a raw table. #}
{% macro staged_custom_fields(entity, system_table) -%}
    {%- if execute -%}
    {%- for raw_column, column in custom_columns_by_table(entity).get(system_table, {}).items() -%}
        {{ ' ' }}{{ adapter.quote(raw_column) }} as {{ column.field }},
    {%- endfor -%}
    {%- endif -%}
{%- endmacro %}

{# In a conformed model: `<name>,` for every custom field of the entity that the table has, null for the others. #}
{% macro conformed_custom_fields(entity, system_table) -%}
    {%- if execute -%}
    {%- set known = custom_columns_by_table(entity).get(system_table, {}).values() | map(attribute='field') | list -%}
    {%- for name, data_type in custom_fields(entity).items() -%}
        {{ ' ' }}{% if name in known %}{{ name }}{% else %}cast(null as {{ data_type }}) as {{ name }}{% endif %},
    {%- endfor -%}
    {%- endif -%}
{%- endmacro %}

{# In a mart: `<relation>.<name>,` for those that its YAML lists, else the other relation's; nulls without a relation. #}
{% macro published_custom_fields(entity, relation=none, otherwise=none) -%}
    {%- if execute -%}
    {%- for name, data_type in custom_fields(entity).items() if name in model.columns -%}
        {{ ' ' }}
        {%- if otherwise %}coalesce({{ relation }}.{{ name }}, {{ otherwise }}.{{ name }}) as {{ name }},
        {%- elif relation %}{{ relation }}.{{ name }},
        {%- else %}cast(null as {{ data_type }}) as {{ name }},
        {%- endif -%}
    {%- endfor -%}
    {%- endif -%}
{%- endmacro %}
