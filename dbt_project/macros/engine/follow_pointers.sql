{#
  CTEs that follow pointers to their end, doubling the distance each round: 2^rounds steps are enough for merge chains
  and hierarchies. `pointers` names a CTE with columns id, target. The last CTE is `pointer_ends` (id, target); a cycle
  ends on one of its members.
#}
{% macro follow_pointers(pointers, rounds) -%}
pointers_0 as (select id, target from {{ pointers }} where target is not null and target <> id),
{% for round in range(1, rounds + 1) %}
pointers_{{ round }} as (
    select near.id, coalesce(far.target, near.target) as target
    from pointers_{{ round - 1 }} as near
    left join pointers_{{ round - 1 }} as far on near.target = far.id
),
{% endfor %}
pointer_ends as (select id, target from pointers_{{ rounds }})
{%- endmacro %}
