{# The instant the run calls now, UTC. #}
{% macro as_of() -%}
    cast('{{ var("as_of") or run_started_at.strftime("%Y-%m-%d %H:%M:%S") }}' as timestamp)
{%- endmacro %}

{# Seconds from `earlier` to `later`, a double with fractions. #}
{% macro seconds_between(earlier, later) -%}
    {{ adapter.dispatch('seconds_between', 'touchstone')(earlier, later) }}
{%- endmacro %}

{% macro default__seconds_between(earlier, later) -%}
    (epoch({{ later }}) - epoch({{ earlier }}))
{%- endmacro %}

{% macro spark__seconds_between(earlier, later) -%}
    (cast({{ later }} as double) - cast({{ earlier }} as double))
{%- endmacro %}

{# Days from `earlier` to `later`, a double with fractions. #}
{% macro days_between(earlier, later) -%}
    ({{ seconds_between(earlier, later) }} / 86400.0)
{%- endmacro %}

{# `expression` moved by a constant number of days. #}
{% macro add_days(expression, days) -%}
    ({{ expression }} + interval '{{ days }}' day)
{%- endmacro %}

{# The calendar day of a UTC instant in the company's reporting time zone. #}
{% macro reporting_date(expression) -%}
    {%- if var('reporting_timezone') == 'UTC' -%}
        cast({{ expression }} as date)
    {%- else -%}
        {{ adapter.dispatch('reporting_date', 'touchstone')(expression) }}
    {%- endif -%}
{%- endmacro %}

{% macro default__reporting_date(expression) -%}
    cast(timezone('{{ var("reporting_timezone") }}', timezone('UTC', {{ expression }})) as date)
{%- endmacro %}

{% macro spark__reporting_date(expression) -%}
    cast(from_utc_timestamp({{ expression }}, '{{ var("reporting_timezone") }}') as date)
{%- endmacro %}

{# The Monday of a date's week. #}
{% macro week_start(date) -%}
    cast(date_trunc('week', {{ date }}) as date)
{%- endmacro %}

{# The first day of a date's month. #}
{% macro month_start(date) -%}
    cast(date_trunc('month', {{ date }}) as date)
{%- endmacro %}

{# The Monday of the week of a UTC instant in the reporting time zone. #}
{% macro reporting_week(expression) -%}
    {{ week_start(reporting_date(expression)) }}
{%- endmacro %}
