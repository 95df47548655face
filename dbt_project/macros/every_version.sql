{#
  A subquery with every version of each record of a raw table, one row per key and _valid_from: the table's columns, and
  - _valid_from (timestamp): the cursor; without one the delivery that first held it. A removal that leaves the cursor as
    it was, absence from a whole delivery and the return from it are dated by the delivery.
  - _valid_to: where the next version begins, null in the newest.
  - _is_newest.
  - _is_removed: the record is gone, by the last word known; null while nothing spoke of it.
  A version without a cursor that only repeats the one before is none, and one that a later version reaches back behind
  never held.
#}
{% macro every_version(relation) -%}
    {%- set contract = raw_contract(relation) -%}
    {%- set window = 'partition by ' ~ contract.quoted_key | join(', ') ~ ' order by _version_number' -%}
    {%- set so_far = window ~ ' rows between unbounded preceding and current row' %}
    (
        select *
        from (
            select
                *,
                {{ last_known('_starts_at', so_far) }} as _valid_from,
                min(_starts_at) over ({{ window }} rows between 1 following and unbounded following) as _valid_to,
                not _is_newest and lead(_starts_at) over ({{ window }}) is null as _is_repeated
            from ({{ known_versions(stated_versions(relation, contract), contract) }}) as known
        ) as dated
        where not _is_repeated and (_valid_to is null or _valid_from < _valid_to)
    ) as every_version
{%- endmacro %}
