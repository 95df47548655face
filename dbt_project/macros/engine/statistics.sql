{# The value below which `share` of `expression` lies, interpolated between neighbours; nulls are passed over. #}
{% macro percentile(expression, share) -%}
    {{ adapter.dispatch('percentile', 'touchstone')(expression, share) }}
{%- endmacro %}

{% macro default__percentile(expression, share) -%}
    quantile_cont({{ expression }}, {{ share }})
{%- endmacro %}

{% macro spark__percentile(expression, share) -%}
    percentile({{ expression }}, {{ share }})
{%- endmacro %}
