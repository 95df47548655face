{# Of a record's versions the last word on `expression`: a version that says nothing of it (null) is passed over. #}
{% macro newest_known(expression) -%}
    max_by({{ expression }}, case when {{ expression }} is not null then valid_from end)
{%- endmacro %}
