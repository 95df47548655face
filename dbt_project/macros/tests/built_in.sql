{# dbt's own tests, with what it means when they fail. #}
{% test not_null(model, column_name) %}
    {{ config(meta=test_meaning('not_null')) }}
    select * from {{ model }} where {{ column_name }} is null
{% endtest %}

{% test unique(model, column_name) %}
    {{ config(meta=test_meaning('unique')) }}
    {{ dbt.default__test_unique(model, column_name) }}
{% endtest %}

{% test accepted_values(model, column_name, values, quote=True) %}
    {{ config(meta=test_meaning('accepted_values')) }}
    {{ dbt.default__test_accepted_values(model, column_name, values, quote) }}
{% endtest %}

{% test relationships(model, column_name, to, field) %}
    {{ config(meta=test_meaning('relationships')) }}
    {{ dbt.default__test_relationships(model, column_name, to, field) }}
{% endtest %}
