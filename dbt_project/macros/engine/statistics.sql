{# The value below which `share` of `expression` lies, interpolated between neighbours; nulls are passed over. #}
{% macro percentile(expression, share) -%}
    {{ adapter.dispatch('percentile', 'touchstone')(expression, share) }}
{%- endmacro %}

{% macro default__percentile(expression, share) -%}
    quantile_cont({{ expression }}, {{ share }})
{%- endmacro %}

{% macro spark__percentile(expression, share) -%}
    percentile({{ expression }}, {{ share }})
{%- endmacro %}

{#
  The sum of doubles in a fixed order, so that two builds agree to the last digit: how threads share the rows decides how
  a plain sum rounds. `order_by` is unique in the group.
#}
{% macro ordered_sum(expression, order_by) -%}
    {{ adapter.dispatch('ordered_sum', 'touchstone')(expression, order_by) }}
{%- endmacro %}

{% macro default__ordered_sum(expression, order_by) -%}
    sum({{ expression }} order by {{ order_by }})
{%- endmacro %}

{% macro spark__ordered_sum(expression, order_by) -%}
    aggregate(
        array_sort(collect_list(struct({{ order_by }} as place, {{ expression }} as term))),
        cast(0 as double), (total, item) -> total + item.term
    )
{%- endmacro %}
