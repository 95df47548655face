{# The last known value of `expression` in a window: nulls are passed over. `window` is the text in `over (...)`. #}
{% macro last_known(expression, window) -%}
    {{ adapter.dispatch('last_known', 'touchstone')(expression, window) }}
{%- endmacro %}

{% macro default__last_known(expression, window) -%}
    last_value({{ expression }} ignore nulls) over ({{ window }})
{%- endmacro %}

{% macro spark__last_known(expression, window) -%}
    last_value({{ expression }}) ignore nulls over ({{ window }})
{%- endmacro %}
