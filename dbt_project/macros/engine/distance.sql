{# How many letters to add, drop or change to make one text of the other. #}
{% macro edit_distance(expression, other) -%}
    {{ adapter.dispatch('edit_distance', 'touchstone')(expression, other) }}
{%- endmacro %}

{% macro default__edit_distance(expression, other) -%}
    levenshtein({{ expression }}, {{ other }})
{%- endmacro %}

{# The same of a word that somebody typed: two neighbours that changed places alone are one edit. #}
{% macro typing_distance(expression, other) -%}
    {{ adapter.dispatch('typing_distance', 'touchstone')(expression, other) }}
{%- endmacro %}

{% macro default__typing_distance(expression, other) -%}
    case
        when damerau_levenshtein({{ expression }}, {{ other }}) = 1 then 1
        else {{ edit_distance(expression, other) }}
    end
{%- endmacro %}

{% macro spark__typing_distance(expression, other) -%}
    case
        when
            length({{ expression }}) = length({{ other }})
            and exists(
                sequence(1, length({{ expression }})),
                place -> concat(
                    left({{ expression }}, place - 1),
                    substring({{ expression }}, place + 1, 1),
                    substring({{ expression }}, place, 1),
                    substring({{ expression }}, place + 2)
                ) = {{ other }}
            )
            then 1
        else {{ edit_distance(expression, other) }}
    end
{%- endmacro %}

{# How alike two texts are: 1 equal, 0 nothing in common; the share of the longer text that need not change. #}
{% macro text_similarity(expression, other) -%}
    (1 - {{ edit_distance(expression, other) }} / nullif(greatest(length({{ expression }}), length({{ other }})), 0))
{%- endmacro %}
