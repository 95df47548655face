{# An id of an opportunity for comparing: of 15 characters and with the checksum of three behind them it is one. #}
{% macro opportunity_key(id) -%}
    case when length({{ id }}) = 18 then substr({{ id }}, 1, 15) else {{ id }} end
{%- endmacro %}
