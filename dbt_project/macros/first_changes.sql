{#
  A subquery with the first change of each `field` of each `of` in a history of old and new values: what it replaced has
  held since the creation. Of several in one second the first is the one that goes on from no other.
#}
{% macro first_changes(history, of, field) -%}
    (
        select *
        from (
            select
                changes.*,
                row_number() over (
                    partition by changes.{{ of }}, changes.{{ field }}
                    order by
                        changes.changed_at asc, case when former.new_value is null then 1 else 2 end asc,
                        changes.history_id asc nulls last, changes.old_value asc nulls last
                ) as place
            from {{ history }} as changes
            left join {{ history }} as former
                on
                    changes.{{ of }} = former.{{ of }}
                    and changes.field_name = former.field_name
                    and changes.changed_at = former.changed_at
                    and changes.old_value = former.new_value
        ) as placed
        where place = 1
    )
{%- endmacro %}
