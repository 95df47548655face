{# The instant the run calls now, UTC. #}
{% macro as_of() -%}
    cast('{{ var("as_of") or run_started_at.strftime("%Y-%m-%d %H:%M:%S") }}' as timestamp)
{%- endmacro %}

{# Whether an instant is one of a company's life: not before the calendar begins, nor years after the run. #}
{% macro is_plausible(expression) -%}
    ({{ expression }} >= cast('{{ var("calendar_first_date") }}' as timestamp)
    and {{ expression }} < {{ add_days(as_of(), 366) }})
{%- endmacro %}

{# Whether an instant is a UTC midnight: a day that was written without a time. #}
{% macro is_midnight(expression) -%}
    ({{ expression }} = cast(cast({{ expression }} as date) as timestamp))
{%- endmacro %}

{# Whether the instant `vague` is `exact` told less precisely: by its reporting date, its minute or its second. #}
{% macro is_vague_of(vague, exact) -%}
    (
        ({{ is_midnight(vague) }} and not {{ is_midnight(exact) }}
            and {{ reporting_date(exact) }} = cast({{ vague }} as date))
        or (date_trunc('minute', {{ exact }}) = {{ vague }})
        or (date_trunc('second', {{ exact }}) = {{ vague }})
    )
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

{# `expression` moved by seconds that a column or expression gives. #}
{% macro add_seconds(expression, seconds) -%}
    ({{ expression }} + ({{ seconds }}) * interval '1' second)
{%- endmacro %}

{# The UTC instant of a wall-clock time in a time zone, both columns. A time that a clock change skips moves on. #}
{% macro local_to_utc(expression, time_zone) -%}
    {{ adapter.dispatch('local_to_utc', 'touchstone')(expression, time_zone) }}
{%- endmacro %}

{% macro default__local_to_utc(expression, time_zone) -%}
    timezone('UTC', timezone({{ time_zone }}, {{ expression }}))
{%- endmacro %}

{% macro spark__local_to_utc(expression, time_zone) -%}
    to_utc_timestamp({{ expression }}, {{ time_zone }})
{%- endmacro %}

{# The calendar day of a UTC instant in a time zone, both columns. #}
{% macro local_date(expression, time_zone) -%}
    {{ adapter.dispatch('local_date', 'touchstone')(expression, time_zone) }}
{%- endmacro %}

{% macro default__local_date(expression, time_zone) -%}
    cast(timezone({{ time_zone }}, timezone('UTC', {{ expression }})) as date)
{%- endmacro %}

{% macro spark__local_date(expression, time_zone) -%}
    cast(from_utc_timestamp({{ expression }}, {{ time_zone }}) as date)
{%- endmacro %}

{# The weekday of a date: 1 is Monday, 7 is Sunday. #}
{% macro iso_weekday(date) -%}
    {{ adapter.dispatch('iso_weekday', 'touchstone')(date) }}
{%- endmacro %}

{% macro default__iso_weekday(date) -%}
    isodow({{ date }})
{%- endmacro %}

{% macro spark__iso_weekday(date) -%}
    (weekday({{ date }}) + 1)
{%- endmacro %}

{#
  The days from `first` to `last`, both dates included: a from-clause item, one row per day, column `day`.
  Use as: from x cross join {{ '{{' }} date_rows('x.first_date', 'x.last_date') {{ '}}' }}
#}
{% macro date_rows(first, last) -%}
    {{ adapter.dispatch('date_rows', 'touchstone')(first, last) }}
{%- endmacro %}

{% macro default__date_rows(first, last) -%}
    unnest(generate_series({{ first }}, {{ last }}, interval '1' day)) as days (day)
{%- endmacro %}

{% macro spark__date_rows(first, last) -%}
    lateral explode(sequence({{ first }}, {{ last }}, interval '1' day)) as days (day)
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
