{# How many letters to add, drop or change to make one text of the other. #}
{% macro edit_distance(expression, other) -%}
    {{ adapter.dispatch('edit_distance', 'touchstone')(expression, other) }}
{%- endmacro %}

{% macro default__edit_distance(expression, other) -%}
    levenshtein({{ expression }}, {{ other }})
{%- endmacro %}

{# How alike two texts are: 1 equal, 0 nothing in common; the share of the longer text that need not change. #}
{% macro text_similarity(expression, other) -%}
    (1 - {{ edit_distance(expression, other) }} / nullif(greatest(length({{ expression }}), length({{ other }})), 0))
{%- endmacro %}
