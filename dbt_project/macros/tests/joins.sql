{#
  A model's keys into its dimensions. `keys` are columns that are never null and `nullable` those that may be, each as
  {column: dimension}; every value has its row there. Returns one row per value that joins nothing.
#}
{% test joins(model, keys={}, nullable={}) %}
    {{ config(meta=test_meaning('joins')) }}
    {%- set dimension_of = dict(keys, **nullable) -%}
    {% for column, dimension in dimension_of.items() %}
        select
            '{{ column }}' as key_column,
            '{{ dimension }}' as dimension,
            cast(facts.{{ column }} as string) as key_value,
            count(*) as row_count
        from {{ model }} as facts
        left join {{ ref(dimension) }} as dimension on facts.{{ column }} = dimension.{{ dimension_keys()[dimension] }}
        where
            dimension.{{ dimension_keys()[dimension] }} is null
            {%- if column in nullable %} and facts.{{ column }} is not null{% endif %}
        group by facts.{{ column }}
        {{ 'union all' if not loop.last }}
    {% endfor %}
{% endtest %}
