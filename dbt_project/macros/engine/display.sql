{#
  Text from an extract, safe to show to people and to export: nothing that markup needs, and a quote before a first
  character that a spreadsheet would take for a formula. Null when nothing is left.
#}
{% macro safe_text(expression) -%}
    {%- set plain = replace_all(expression, '[<>`' ~ '"' ~ ']', ' ') -%}
    case
        when substr(trim({{ plain }}), 1, 1) in ('=', '+', '-', '@', chr(9), chr(10), chr(13))
            then chr(39) || trim({{ plain }})
        else nullif(trim({{ plain }}), '')
    end
{%- endmacro %}

{#
  The shape of a value that may be personal: letters as x, digits as 9, at most 60 characters. Enough to see what is
  wrong with it, nothing to see whom it is about.
#}
{% macro masked_shape(expression) -%}
    {%- set digits = replace_all(expression, '[0-9]', '9') -%}
    {{ safe_text('substr(' ~ replace_all(digits, '[^ 9.,:;/@+()_-]', 'x') ~ ', 1, 60)') }}
{%- endmacro %}
