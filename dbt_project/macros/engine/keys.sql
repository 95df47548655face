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

{# SHA-256 as lower-case hex, the form that ad platforms match on. #}
{% macro sha256_hex(expression) -%}
    {{ adapter.dispatch('sha256_hex', 'touchstone')(expression) }}
{%- endmacro %}

{% macro default__sha256_hex(expression) -%}
    sha256({{ expression }})
{%- endmacro %}

{% macro spark__sha256_hex(expression) -%}
    sha2({{ expression }}, 256)
{%- endmacro %}
