{# The last second of a date: the latest that something without a time can have been. #}
{% macro day_end(date) -%}
    (cast({{ date }} as timestamp) + interval '86399' second)
{%- endmacro %}
