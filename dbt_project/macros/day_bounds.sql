{# The instant (UTC) at which a reporting date begins. #}
{% macro day_start(date) -%}
    {%- if var('reporting_timezone') == 'UTC' -%}
        cast({{ date }} as timestamp)
    {%- else -%}
        {{ local_to_utc('cast(' ~ date ~ ' as timestamp)', "'" ~ var('reporting_timezone') ~ "'") }}
    {%- endif -%}
{%- endmacro %}

{# The last second (UTC) of a reporting date: the latest that something without a time can have been. #}
{% macro day_end(date) -%}
    {%- if var('reporting_timezone') == 'UTC' -%}
        (cast({{ date }} as timestamp) + interval '86399' second)
    {%- else -%}
        {{ local_to_utc(
            '(cast(' ~ date ~ " as timestamp) + interval '86399' second)", "'" ~ var('reporting_timezone') ~ "'"
        ) }}
    {%- endif -%}
{%- endmacro %}

{# The reporting date that an instant stands for: a UTC midnight is a day written without a time, and stays that day. #}
{% macro stated_day(instant) -%}
    case when {{ is_midnight(instant) }} then cast({{ instant }} as date) else {{ reporting_date(instant) }} end
{%- endmacro %}

{#
  The same of a text, null where it is none: an instant in UTC or in milliseconds since 1970; else the day as written,
  whatever the time and offset beside it.
#}
{% macro day_in_text(text) -%}
    {%- set milliseconds = "case when " ~ text ~ " not like '%-%' and length(" ~ text ~ ") >= 12 then " ~ try_cast(text, 'bigint') ~ " end" -%}
    {%- set instant = "case when " ~ text ~ " like '%Z' then " ~ try_cast('replace(' ~ text ~ ", 'Z', '')", 'timestamp')
        ~ " else " ~ add_seconds("cast('1970-01-01' as timestamp)", '(' ~ milliseconds ~ ') / 1000.0') ~ " end" -%}
    coalesce({{ stated_day('(' ~ instant ~ ')') }}, {{ try_cast('substr(' ~ text ~ ', 1, 10)', 'date') }})
{%- endmacro %}
