{# `expression` as `type`, null when it can't be read. dbt's own safe_cast is a plain cast on DuckDB and Spark. #}
{% macro try_cast(expression, type) -%}
    {{ adapter.dispatch('try_cast', 'touchstone')(expression, type) }}
{%- endmacro %}

{% macro default__try_cast(expression, type) -%}
    try_cast({{ expression }} as {{ type }})
{%- endmacro %}
