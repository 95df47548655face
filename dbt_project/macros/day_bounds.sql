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
