{# A surrogate key of `expressions`: MD5 over their text, nulls kept apart from empty text. #}
{% macro hash_key(expressions) -%}
    md5(
        {%- for expression in expressions -%}
            coalesce(cast({{ expression }} as string), '~'){% if not loop.last %} || '|' || {% endif %}
        {%- endfor -%}
    )
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
