{# Claims of records with the place of each: the class of the lowest priority comes first. #}
{% macro claims_by_priority(claims, classes) -%}
    select
        {{ claims }}.*,
        row_number() over (
            partition by {{ claims }}.record_id
            order by {{ classes }}.priority, {{ claims }}.since_at, {{ claims }}.counterpart_record_id
        ) as place
    from {{ claims }}
    inner join {{ classes }} on {{ claims }}.reconciliation_class = {{ classes }}.reconciliation_class
{%- endmacro %}
