{# The date `days` after `date`; `days` is an expression and may be negative. #}
{% macro days_after(date, days) -%}
    {{ adapter.dispatch('days_after', 'touchstone')(date, days) }}
{%- endmacro %}

{% macro default__days_after(date, days) -%}
    ({{ date }} + cast({{ days }} as integer))
{%- endmacro %}

{% macro spark__days_after(date, days) -%}
    date_add({{ date }}, cast({{ days }} as int))
{%- endmacro %}

{# The first day of the `period_type` (week, month or quarter) that holds `date`. #}
{% macro period_start(period_type, date) -%}
    {{ {'week': week_start, 'month': month_start, 'quarter': quarter_start}[period_type](date) }}
{%- endmacro %}

{# The first day after the `period_type` (week, month or quarter) that starts on `date`. #}
{% macro period_end(period_type, date) -%}
    {{ days_after(date, 7) if period_type == 'week' else period_start(period_type, days_after(date, 95 if period_type == 'quarter' else 31)) }}
{%- endmacro %}

{# Calendar months from the month of `earlier` to the month of `later`. #}
{% macro months_between(earlier, later) -%}
    (
        12 * (extract(year from {{ later }}) - extract(year from {{ earlier }}))
        + extract(month from {{ later }}) - extract(month from {{ earlier }})
    )
{%- endmacro %}

{# The first day of a date's quarter. #}
{% macro quarter_start(date) -%}
    cast(date_trunc('quarter', {{ date }}) as date)
{%- endmacro %}

{#
  How many periods ago the one that starts on `period_start` was, as of the run: 0 holds the run's date, a later one is
  negative. `period_type` is an expression: week, month, quarter; a period of any other type (`all`) holds the run's
  date.
#}
{% macro periods_ago(period_type, period_start) -%}
    {%- set today = reporting_date(as_of()) -%}
    {%- set days = days_between('cast(' ~ period_start ~ ' as timestamp)', 'cast(' ~ today ~ ' as timestamp)') -%}
    cast(case {{ period_type }}
        when 'week' then floor({{ days }} / 7)
        when 'month' then {{ months_between(period_start, today) }}
        when 'quarter' then floor({{ months_between(period_start, today) }} / 3.0)
        else 0
    end as bigint)
{%- endmacro %}
