{#
  A model's grain: `columns` together are unique and none of them is null. Returns one row per offending key.
#}
{% test grain(model, columns) %}
    {{ config(meta=test_meaning('grain')) }}
    select
        {{ columns | join(', ') }},
        count(*) as row_count
    from {{ model }}
    group by {{ columns | join(', ') }}
    having count(*) > 1 {% for column in columns %} or {{ column }} is null{% endfor %}
{% endtest %}
