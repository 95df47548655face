{#
  Business seconds that a region had worked until `instant`, counted from the first day of int_business_days. `days` is
  its joined row of the instant's span (macro in_business_span). The difference of two is the business time between two
  instants.
#}
{% macro worked_seconds(instant, days) -%}
    (
        {{ days }}.seconds_before
        + coalesce(
            greatest(least({{ seconds_between(days ~ '.opens_at', instant) }}, {{ days }}.open_seconds), 0), 0
        )
    )
{%- endmacro %}

{# Whether the row `days` of int_business_days is the span of its local day that an instant falls in. #}
{% macro in_business_span(instant, days) -%}
    (
        ({{ days }}.is_first_of_day or {{ instant }} >= {{ days }}.opens_at)
        and ({{ days }}.next_opens_at is null or {{ instant }} < {{ days }}.next_opens_at)
    )
{%- endmacro %}

{# A time of day `9:30` as `09:30`, so that times compare as text. #}
{% macro padded(time) -%}
    lpad({{ time }}, 5, '0')
{%- endmacro %}
