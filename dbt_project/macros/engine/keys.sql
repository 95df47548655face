{#
  A surrogate key of `expressions`: MD5 over their text. What parts them and what stands for null are escaped in it, so
  that two lists of values never make one key.
#}
{% macro hash_key(expressions) -%}
    md5(
        {%- for expression in expressions -%}
            coalesce({{ key_part('cast(' ~ expression ~ ' as string)') }}, '~'){% if not loop.last %} || '|' || {% endif %}
        {%- endfor -%}
    )
{%- endmacro %}

{# Text that no separator and no null of a key can be taken for. #}
{% macro key_part(text) -%}
    replace(replace(replace({{ text }}, '^', '^^'), '|', '^|'), '~', '^~')
{%- endmacro %}
