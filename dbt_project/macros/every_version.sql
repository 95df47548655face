{#
  A subquery with every version of each record of a raw table that an extract delivered, one row per key and instant:
  its columns and `_valid_from` (the cursor's instant, else the delivery's), `_valid_to` (the next version's, null for
  the newest), `_is_newest` and `_is_removed` (this version says that the record is gone; null says nothing).
#}
{% macro every_version(relation) -%}
    {%- set contract = raw_contract(relation) -%}
    {%- set key = contract.quoted_key | join(', ') -%}
    {%- set instant = adapter.quote(contract.cursor) if contract.cursor else 'cast(load_date as timestamp)' -%}
    (
        select
            *,
            cast(null as boolean) as _is_removed,
            lead(_valid_from) over (partition by {{ key }} order by _valid_from) as _valid_to,
            lead(_valid_from) over (partition by {{ key }} order by _valid_from) is null as _is_newest
        from (
            select
                *,
                coalesce({{ instant }}, cast(load_date as timestamp)) as _valid_from,
                row_number() over (
                    partition by {{ key }}, coalesce({{ instant }}, cast(load_date as timestamp))
                    order by _source_file desc, _source_line desc
                ) as _version_rank
            from {{ relation }}
        ) as versions
        where _version_rank = 1
    ) as every_version
{%- endmacro %}
