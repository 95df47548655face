{#
  One row per row of `relation` and breakdown: `id`, breakdown, breakdown_value. `relation` has a column of each
  breakdown's name but `all`; what it does not know is `unknown`.
#}
{% macro broken_down(relation, id) -%}
    select
        {{ id }},
        'all' as breakdown,
        'all' as breakdown_value
    from {{ relation }}
    {% for breakdown in ['channel', 'campaign', 'segment', 'region', 'owner'] %}
        union all
        select
            {{ id }},
            '{{ breakdown }}',
            coalesce({{ breakdown }}, 'unknown')
        from {{ relation }}
    {% endfor %}
{%- endmacro %}
