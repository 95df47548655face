{# CTEs of which the last, `cte`, has a row for each whole number from 0 until before `count` (at most 100), as `column`. #}
{% macro numbered(cte, column, count) -%}
{{ cte }}_digits as (
    {% for digit in range(10) -%}
        select {{ digit }} as digit
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

{{ cte }} as (
    select 10 * tens.digit + ones.digit as {{ column }}
    from {{ cte }}_digits as tens
    cross join {{ cte }}_digits as ones
    where 10 * tens.digit + ones.digit < {{ count }}
)
{%- endmacro %}
