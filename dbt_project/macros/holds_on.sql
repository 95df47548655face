{# Whether a row of reporting dates `valid_from` and `valid_to` holds on a date: from the first until before the last. #}
{% macro holds_on(relation, date) -%}
    (
        {{ date }} >= {{ relation }}.valid_from
        and ({{ relation }}.valid_to is null or {{ date }} < {{ relation }}.valid_to)
    )
{%- endmacro %}
