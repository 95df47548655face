{#
  CTEs that follow pointers to their end, doubling the distance each round: 2^rounds steps are enough for merge chains
  and hierarchies. `pointers` names a CTE with columns id, target. The last CTE is `pointer_ends` (id, target). A cycle
  has no end: all its members, and all that lead into it, end on its smallest member.
#}
{% macro follow_pointers(pointers, rounds) -%}
pointers_0 as (select id, target, target as smallest from {{ pointers }} where target is not null and target <> id),
{% for round in range(1, rounds + 1) %}
pointers_{{ round }} as (
    select
        near.id,
        coalesce(far.target, near.target) as target,
        least(near.smallest, coalesce(far.smallest, near.smallest)) as smallest
    from pointers_{{ round - 1 }} as near
    left join pointers_{{ round - 1 }} as far on near.target = far.id
),
{% endfor %}
pointer_ends as (
    select ends.id, coalesce(looping.smallest, ends.target) as target
    from pointers_{{ rounds }} as ends
    left join pointers_{{ rounds }} as looping on ends.target = looping.id
)
{%- endmacro %}
