{#
  Business seconds that a region had worked until `instant`, counted from the first day of int_business_days. `days` is
  its joined row of the instant's local day. The difference of two is the business time between two instants.
#}
{% macro worked_seconds(instant, days) -%}
    (
        {{ days }}.seconds_before
        + coalesce(
            greatest(least({{ seconds_between(days ~ '.opens_at', instant) }}, {{ days }}.open_seconds), 0), 0
        )
    )
{%- endmacro %}
