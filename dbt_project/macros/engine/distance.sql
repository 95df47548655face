{# How many letters to add, drop or change to make one text of the other. #}
{% macro edit_distance(expression, other) -%}
    {{ adapter.dispatch('edit_distance', 'touchstone')(expression, other) }}
{%- endmacro %}

{% macro default__edit_distance(expression, other) -%}
    levenshtein({{ expression }}, {{ other }})
{%- endmacro %}
