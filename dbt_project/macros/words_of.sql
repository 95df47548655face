{# Free text for looking for words in: lower case, a blank for whatever is no letter or digit, and at both ends. #}
{% macro words_of(expression) -%}
    ' ' || trim({{ replace_all(
        "replace(replace(lower(" ~ expression ~ "), '[', ' '), ']', ' ')", '[ !-/:-@^_`{-~	“”„‘’«»…–—]+', ' '
    ) }}) || ' '
{%- endmacro %}
