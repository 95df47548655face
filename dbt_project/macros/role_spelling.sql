{# A role as the seed buying_group_roles spells it, whichever CRM wrote it: `DECISION_MAKER`, `Decision Maker`. #}
{% macro role_spelling(role) -%}
    lower(trim(replace({{ role }}, '_', ' ')))
{%- endmacro %}
