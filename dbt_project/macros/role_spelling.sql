{# Roles as the seed buying_group_roles spells them, whichever CRM wrote them: `DECISION_MAKER;CHAMPION`, `Champion`. #}
{% macro role_spelling(role) -%}
    replace(lower(trim(replace({{ role }}, '_', ' '))), '; ', ';')
{%- endmacro %}
