{# How often `divisor` goes into `dividend`: both are integers, not negative. #}
{% macro whole_times(dividend, divisor) -%}
    {{ adapter.dispatch('whole_times', 'touchstone')(dividend, divisor) }}
{%- endmacro %}

{% macro default__whole_times(dividend, divisor) -%}
    ({{ dividend }} // {{ divisor }})
{%- endmacro %}

{% macro spark__whole_times(dividend, divisor) -%}
    ({{ dividend }} div {{ divisor }})
{%- endmacro %}
