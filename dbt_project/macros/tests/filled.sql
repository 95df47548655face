{#
  Columns that are never empty, beside those of the grain. Returns one row per row that lacks a value.
#}
{% test filled(model, columns) %}
    {{ config(meta=test_meaning('filled')) }}
    select {{ columns | join(', ') }}
    from {{ model }}
    where {% for column in columns %}{{ 'or ' if not loop.first }}{{ column }} is null {% endfor %}
{% endtest %}
