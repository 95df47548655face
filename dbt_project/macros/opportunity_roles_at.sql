{#
  The people who had a role on the opportunity of each row of `occasions` at its `instant`, beside its own columns:
  `acting_person_id`, and whether that was the primary person then. `key` are the columns that a row is known by, `roles`
  has the columns of int_opportunity_people. Who was taken off before had no part in it; who was taken off later had.
#}
{% macro opportunity_roles_at(occasions, key, instant, roles) -%}
    select
        {{ occasions }}.*,
        {{ roles }}.person_id as acting_person_id,
        row_number() over (
            partition by {{ occasions }}.{{ key | join(', ' ~ occasions ~ '.') }}
            order by {{ roles }}.role_rank asc, {{ roles }}.given_at asc, {{ roles }}.person_id asc
        ) = 1 as is_primary
    from {{ occasions }}
    inner join {{ roles }} on {{ occasions }}.opportunity_id = {{ roles }}.opportunity_id
    where {{ roles }}.taken_at is null or {{ roles }}.taken_at > {{ occasions }}.{{ instant }}
{%- endmacro %}
