{#
  The rows of a conformed entity from every system that var `systems` lists for it, by column name: the entity's YAML
  says its columns and types, a system's own model (<system>__<entity>) brings those that the system knows, and the
  rest are null. `system` and the entity's custom fields are added.
#}
{% macro united(entity) -%}
    {{ adapter.dispatch('united', 'touchstone')(entity) }}
{%- endmacro %}

{% macro default__united(entity) -%}
    {%- set parts = [] -%}
    {%- for system, entities in var('systems').items() if entity in entities -%}
        {%- do parts.append((system, ref(system ~ '__' ~ entity))) -%}
    {%- endfor -%}
    {%- set columns = {} -%}
    {%- for column in model.columns.values() if column.name != 'system' -%}
        {%- do columns.update({column.name: column.data_type}) -%}
    {%- endfor -%}
    {%- for name, data_type in custom_fields(entity).items() -%}
        {%- if name in columns -%}
            {%- do exceptions.raise_compiler_error(
                "custom field " ~ entity ~ "." ~ name ~ ": " ~ entity ~ " have a field of that name; map the column to it "
                ~ "in the staging and conformed models, or name the custom field otherwise"
            ) -%}
        {%- endif -%}
        {%- do columns.update({name: data_type}) -%}
    {%- endfor -%}
    {%- for system, relation in parts %}
        {%- set known = adapter.get_columns_in_relation(relation) | map(attribute='name') | map('lower') | list
            if execute else [] %}
        select
            '{{ system }}' as system
            {%- for name, data_type in columns.items() %},
            {% if name in known %}{{ name }}{% else %}cast(null as {{ data_type }}) as {{ name }}{% endif %}
            {%- endfor %}
        from {{ relation }}
        {% if not loop.last %}union all{% endif %}
    {%- endfor %}
{%- endmacro %}

{#
  `united`, without instants that no calendar holds (is_plausible): they are null, except that a record was made no later
  than its version, and `implausible_instants` says which they were. `dates` are its columns of days to look at alike.
#}
{% macro united_plausibly(entity, dates=[]) -%}
    {{ adapter.dispatch('united_plausibly', 'touchstone')(entity, dates) }}
{%- endmacro %}

{% macro default__united_plausibly(entity, dates) -%}
    {%- set columns = model.columns.values() | rejectattr('name', 'equalto', 'implausible_instants') | list -%}
    {%- set instants = columns | selectattr('data_type', 'equalto', 'timestamp')
        | rejectattr('name', 'in', ['valid_from', 'valid_to']) | map(attribute='name') | list + dates -%}
    with

    delivered as ({{ united(entity) }})

    select
        {%- for name in columns | map(attribute='name') | list + custom_fields(entity).keys() | list %}
        {% if name == 'created_at' -%}
            case when created_at is null or {{ is_plausible('created_at') }} then created_at else valid_from end
                as created_at,
        {%- elif name in instants -%}
            case when {{ is_plausible(name) }} then {{ name }} end as {{ name }},
        {%- else -%}
            {{ name }},
        {%- endif %}
        {%- endfor %}
        nullif(concat(
            {%- for name in instants %}
            case when {{ is_plausible(name) }} then '' else coalesce(' {{ name }} ' || cast({{ name }} as string), '') end
            {%- if not loop.last %},{% endif %}
            {%- endfor %}
        ), '') as implausible_instants
    from delivered
{%- endmacro %}
