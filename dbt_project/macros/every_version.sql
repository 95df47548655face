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
    {%- set key = contract.quoted_key | join(', ') -%}
    {%- set same_cursor = key ~ ', ' ~ adapter.quote(contract.cursor) if contract.cursor else key %}
    (
        select *
        from (
            select
                *,
                min(_valid_from) over (
                    partition by {{ key }}
                    order by _version_number
                    rows between 1 following and unbounded following
                ) as _valid_to
            from (
                select
                    *,
                    max(_starts_at) over (
                        partition by {{ same_cursor }}
                        order by _version_number
                        rows between unbounded preceding and current row
                    ) as _valid_from
                from ({{ known_versions(stated_versions(relation, contract), contract) }}) as known
            ) as dated
        ) as versions
        where _valid_to is null or _valid_from < _valid_to
    ) as every_version
{%- endmacro %}
