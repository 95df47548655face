{#
  A subquery with every version of each record of a raw table that an extract delivered, one row per key and cursor of
  its contract: of equal ones the later file holds. A version without its instant has no place in a history.
#}
{% macro every_version(relation) -%}
    {%- set contract = raw_contract(relation) -%}
    {%- set cursor = contract.cursor -%}
    (
        select *
        from (
            select
                *,
                row_number() over (
                    partition by {{ contract.quoted_key | join(', ') }}
                        {%- if cursor %}, {{ adapter.quote(cursor) }}{% endif %}
                    order by _source_file desc, _source_line desc
                ) as _version_rank
            from {{ relation }}
            {% if cursor %}where {{ adapter.quote(cursor) }} is not null{% endif %}
        ) as versions
        where _version_rank = 1
    ) as every_version
{%- endmacro %}
